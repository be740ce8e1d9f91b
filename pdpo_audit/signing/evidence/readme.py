"""The note that travels with the evidence: how to check it by hand."""

README = """\
HOW TO CHECK THIS AUDIT BY HAND
===============================

You need sha256sum and openssl; for the PDF also pdfsig (poppler-utils). Work in the
folder above this one, where the reports are.

1. Whose seal is it? Take the certificate out of the seal, and compare its SHA-256
   fingerprint with one that you received from the organisation by another way:

     openssl pkcs7 -inform DER -in evidence/manifest.json.p7s -print_certs -out seal.pem
     openssl x509 -in seal.pem -noout -subject -issuer -dates -fingerprint -sha256

   A self-signed certificate proves that one key made all seals, never who holds it.
   For a certificate from an authority, use the authority's certificate as seal.pem below.
   (Write seal.pem elsewhere, or delete it afterwards: nothing may be added to this folder.)

2. Is the manifest as it was sealed?

     openssl cms -verify -cades -binary -inform DER -CAfile seal.pem -purpose any \\
       -in evidence/manifest.json.p7s -content evidence/manifest.json -out /dev/null

3. Are all files as the manifest lists them? It is JSON with path, size and SHA-256 of
   each. No file may be missing, and only the manifest, its seal, the bundle
   evidence.asice and the folder evidence/sign-offs may be added.

     sha256sum workbook.xlsx evidence/events.jsonl evidence/tables/*

   A report (PDF) that people signed later has grown: its first sealed_size bytes are
   what the organisation sealed.

     head -c SEALED_SIZE report.en.pdf | sha256sum

4. Is the workbook as it was sealed?

     openssl cms -verify -cades -binary -inform DER -CAfile seal.pem -purpose any \\
       -in workbook.xlsx.p7s -content workbook.xlsx -out /dev/null

5. Who signed the report, and was anything added since?

     pdfsig report.en.pdf

   pdfsig does not judge what later revisions changed; `pdpo-audit verify` does.

6. Is the event log whole? Each line of evidence/events.jsonl carries the digest of the
   one before it. The last digest and the number of lines stand in the manifest.

7. evidence.asice holds all of this, as it was sealed, in one file (ASiC-E): a ZIP file
   with a signed list of its files in META-INF. One holding can be proved without showing
   the others: `pdpo-audit prove`.

All of it at once:  pdpo-audit verify .

What none of this proves: that the sources were declared completely, that nobody rewrote
everything with another key (hence step 1), or when it was signed, unless a timestamp is
part of the seal.
"""
