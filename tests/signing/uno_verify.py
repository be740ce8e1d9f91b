"""Asks LibreOffice what it thinks of a workbook's signature; run by the Python that has ``uno``, not by ours.

Usage: uno_verify.py PROFILE_FOLDER WORKBOOK... The folder must be new. Prints a line a signature: whether it is valid,
the status of its certificate, whether it covers the document in part.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import uno
from com.sun.star.connection import NoConnectException  # type: ignore[import-not-found]  # inside LibreOffice only

#: Basic, since Python's bridge cannot pass a typed sequence inside another one.
BASIC = """
Function Verify(source As String) As String
  Dim form(0) As New com.sun.star.beans.PropertyValue
  Dim none As Object
  form(0).Name = "StorageFormat"
  form(0).Value = "ZipFormat"
  factory = CreateUnoService("com.sun.star.embed.StorageFactory")
  storage = factory.createInstanceWithArguments(Array(source, 1, form()))
  checker = CreateUnoService("com.sun.star.security.DocumentDigitalSignatures")
  found = checker.verifyDocumentContentSignatures(storage, none)
  said = ""
  For i = LBound(found) To UBound(found)
    said = said & found(i).SignatureIsValid & ";" & found(i).CertificateStatus & ";"
    said = said & found(i).PartialDocumentSignature & Chr(10)
  Next i
  Verify = said
End Function
"""


def connect(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    for _ in range(600):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.1)
    raise TimeoutError("LibreOffice does not answer")


def ask(context: Any, workbooks: list[Path]) -> str:
    make = context.ServiceManager.createInstanceWithContext
    libraries = make("com.sun.star.script.ApplicationScriptLibraryContainer", context)
    libraries.loadLibrary("Standard")
    libraries.getByName("Standard").insertByName("Seals", BASIC)
    providers = make("com.sun.star.script.provider.MasterScriptProviderFactory", context)
    address = "vnd.sun.star.script:Standard.Seals.Verify?language=Basic&location=application"
    script = providers.createScriptProvider("").getScript(address)
    return "".join(str(script.invoke((workbook.as_uri(),), (), ())[0]) for workbook in workbooks)


def main() -> None:
    profile, *workbooks = (Path(given).resolve() for given in sys.argv[1:])
    pipe = f"signing{os.getpid()}"
    command = ["soffice", "--headless", "--norestore", "--nologo", "--nodefault"]
    command += [f"-env:UserInstallation={profile.as_uri()}", f"--accept=pipe,name={pipe};urp;"]
    office = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        context = connect(pipe)
        sys.stdout.write(ask(context, workbooks))
        context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context).terminate()
        office.wait(30)
    finally:
        if office.poll() is None:
            office.kill()


if __name__ == "__main__":
    main()
