// Validates a native workbook signature with the JDK's own XML-DSig engine and a Relationship Transform of its own.
// Usage: java VerifyOpc.java WORKBOOK... Prints for each "core=true references=N/N".

import java.io.*;
import java.nio.charset.StandardCharsets;
import java.security.*;
import java.security.cert.*;
import java.util.*;
import java.util.zip.*;
import javax.xml.crypto.*;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.*;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.*;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.*;

public class VerifyOpc {
    static final String RELS = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform";

    public static void main(String[] args) throws Exception {
        Provider provider = new Provider("Opc", "1", "relationship transform") {};
        provider.put("TransformService." + RELS, RelationshipTransform.class.getName());
        provider.put("TransformService." + RELS + " MechanismType", "DOM");
        Security.addProvider(provider);
        for (String path : args) verify(new ZipFile(path));
    }

    static void verify(ZipFile zip) throws Exception {
        Document doc = parse(bytes(zip, "_xmlsignatures/sig1.xml"));
        markIds(doc.getDocumentElement());
        DOMValidateContext context = new DOMValidateContext(new FirstCertificate(), doc.getDocumentElement());
        context.setProperty("org.jcp.xml.dsig.secureValidation", Boolean.FALSE);
        URIDereferencer usual = XMLSignatureFactory.getInstance("DOM").getURIDereferencer();
        context.setURIDereferencer((reference, ctx) -> {
            String uri = reference.getURI();
            if (!uri.startsWith("/")) return usual.dereference(reference, ctx);
            try {
                return new OctetStreamData(new ByteArrayInputStream(bytes(zip, uri.substring(1, uri.indexOf('?')))));
            } catch (IOException error) {
                throw new URIReferenceException(error);
            }
        });
        XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
        boolean core = signature.validate(context);
        int good = 0, all = 0;
        for (Object object : signature.getObjects())
            for (Object content : ((XMLObject) object).getContent())
                if (content instanceof Manifest)
                    for (Object reference : ((Manifest) content).getReferences()) {
                        all++;
                        if (((Reference) reference).validate(context)) good++;
                    }
        System.out.println("core=" + core + " references=" + good + "/" + all);
    }

    static byte[] bytes(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    static Document parse(byte[] content) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(content));
    }

    static void markIds(Element element) {
        if (element.hasAttribute("Id")) element.setIdAttribute("Id", true);
        for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling())
            if (child instanceof Element) markIds((Element) child);
    }

    static class FirstCertificate extends KeySelector {
        public KeySelectorResult select(KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context) {
            X509Data data = (X509Data) info.getContent().get(0);
            PublicKey key = ((X509Certificate) data.getContent().get(0)).getPublicKey();
            return () -> key;
        }
    }

    public static class RelationshipTransform extends TransformService {
        private final Set<String> signed = new TreeSet<>();

        public void init(TransformParameterSpec params) {}

        public void init(XMLStructure parent, XMLCryptoContext context) {
            Element transform = (Element) ((DOMStructure) parent).getNode();
            NodeList listed = transform.getElementsByTagNameNS("*", "RelationshipReference");
            for (int i = 0; i < listed.getLength(); i++) signed.add(((Element) listed.item(i)).getAttribute("SourceId"));
        }

        public void marshalParams(XMLStructure parent, XMLCryptoContext context) {}

        public java.security.spec.AlgorithmParameterSpec getParameterSpec() { return null; }

        public boolean isFeatureSupported(String feature) { return false; }

        public Data transform(Data data, XMLCryptoContext context) throws TransformException {
            try {
                Document doc = parse(((OctetStreamData) data).getOctetStream().readAllBytes());
                NodeList all = doc.getDocumentElement().getElementsByTagNameNS("*", "Relationship");
                Map<String, String> lines = new TreeMap<>();
                for (int i = 0; i < all.getLength(); i++) {
                    Element one = (Element) all.item(i);
                    if (!signed.contains(one.getAttribute("Id"))) continue;
                    String mode = one.getAttribute("TargetMode").isEmpty() ? "Internal" : one.getAttribute("TargetMode");
                    lines.put(one.getAttribute("Id"), "<Relationship" + attribute("Id", one.getAttribute("Id"))
                        + attribute("Target", one.getAttribute("Target")) + attribute("TargetMode", mode)
                        + attribute("Type", one.getAttribute("Type")) + "/>");
                }
                String text = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                    + String.join("", lines.values()) + "</Relationships>";
                return new OctetStreamData(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
            } catch (Exception error) {
                throw new TransformException(error);
            }
        }

        public Data transform(Data data, XMLCryptoContext context, OutputStream out) throws TransformException {
            return transform(data, context);
        }

        private static String attribute(String name, String value) {
            String safe = value.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
            return " " + name + "=\"" + safe + "\"";
        }
    }
}
