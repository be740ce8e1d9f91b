"""One XMP packet with every property that is read, in the several spellings that RDF allows."""

from __future__ import annotations

import pytest

PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
  xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/"
  xmlns:ext="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
  xmlns:mwg="http://www.metadataworkinggroup.com/schemas/regions/" xmlns:area="http://ns.adobe.com/xmp/sType/Area#"
  xmlns:MP="http://ns.microsoft.com/photo/1.2/" xmlns:MPRI="http://ns.microsoft.com/photo/1.2/t/RegionInfo#"
  xmlns:MPReg="http://ns.microsoft.com/photo/1.2/t/Region#"
  photoshop:Credit="Harbour Light" plus:ModelReleaseStatus="http://ns.useplus.org/ldf/vocab/MR-UMR">
 <plus:MinorModelAgeDisclosure>AG-A17</plus:MinorModelAgeDisclosure>
 <plus:PropertyReleaseStatus rdf:resource="http://ns.useplus.org/ldf/vocab/PR-NON"/>
 <plus:LicenseEndDate>2025-01-31</plus:LicenseEndDate>
 <ext:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture</ext:DigitalSourceType>
 <dc:rights><rdf:Alt><rdf:li xml:lang="zh">版權</rdf:li>
  <rdf:li xml:lang="x-default">All rights</rdf:li></rdf:Alt></dc:rights>
 <xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="x-default">Hong Kong only</rdf:li></rdf:Alt></xmpRights:UsageTerms>
 <dc:subject><rdf:Bag><rdf:li>party</rdf:li><rdf:li>child</rdf:li><rdf:li>party</rdf:li></rdf:Bag></dc:subject>
 <ext:PersonInImage><rdf:Bag><rdf:li>陳大文</rdf:li></rdf:Bag></ext:PersonInImage>
 <ext:PersonInImageWDetails><rdf:Bag><rdf:li rdf:parseType="Resource">
   <ext:PersonName><rdf:Alt><rdf:li xml:lang="x-default">Mary Lee</rdf:li></rdf:Alt></ext:PersonName></rdf:li></rdf:Bag>
 </ext:PersonInImageWDetails>
 <mwg:Regions rdf:parseType="Resource"><mwg:RegionList><rdf:Bag>
   <rdf:li><rdf:Description mwg:Name="Ann" mwg:Type="Face">
     <mwg:Area area:x="0.5" area:y="0.25" area:w="0.125" area:h="0.5" area:unit="normalized"/>
   </rdf:Description></rdf:li>
   <rdf:li rdf:parseType="Resource"><mwg:Name>Rex</mwg:Name><mwg:Type>Pet</mwg:Type></rdf:li>
 </rdf:Bag></mwg:RegionList></mwg:Regions>
 <MP:RegionInfo><rdf:Description><MPRI:Regions><rdf:Bag><rdf:li>
   <rdf:Description MPReg:Rectangle="0.25, 0.5, 0.25, 0.25" MPReg:PersonDisplayName="Joe"/></rdf:li></rdf:Bag>
 </MPRI:Regions></rdf:Description></MP:RegionInfo>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@pytest.fixture(scope="session")
def packet() -> str:
    return PACKET
