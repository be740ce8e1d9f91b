"""Does LibreOffice open a workbook, with every row, in what time and memory?

    python benchmarks/workbook_opens.py workbook.xlsx

``reports_scale.py workbook 1000000 workbook.xlsx`` writes one. LibreOffice opens it without a window; its own Python
(``/usr/bin/python3`` with ``uno``) then reads the last row of every sheet and the cells of its first and last line.
Prints CPU seconds and peak memory of LibreOffice with its children.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: Run by the Python that has ``uno``: pipe, workbook.
LOOK = """
import sys, time, uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for _ in range(600):
    try:
        context = resolver.resolve(f"uno:pipe,name={sys.argv[1]};urp;StarOffice.ComponentContext")
        break
    except NoConnectException:
        time.sleep(0.1)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
hidden = PropertyValue()
hidden.Name, hidden.Value = "Hidden", True
book = desktop.loadComponentFromURL(sys.argv[2], "_blank", 0, (hidden,))
for sheet in book.Sheets:
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress.EndRow
    print(f"{sheet.Name:<20} last row {last + 1:>9,}")
    if last > 1_000:
        for row in (3, last):
            print("   ", " | ".join(sheet.getCellByPosition(column, row).String[:44] for column in range(8)))
desktop.terminate()
"""


def open_workbook(path: Path) -> None:
    pipe = f"pdpo-audit-{os.getpid()}"
    with tempfile.TemporaryDirectory() as profile:
        office = subprocess.Popen(
            ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}/office",
             f"--accept=pipe,name={pipe};urp;"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        start = time.monotonic()
        subprocess.run(["/usr/bin/python3", "-c", LOOK, pipe, path.resolve().as_uri()], check=True)
        wall = time.monotonic() - start
        _, _, used = os.wait4(office.pid, 0)
    cpu = used.ru_utime + used.ru_stime
    print(f"{cpu:.0f} CPU s, {wall:.0f} s by the clock, peak {used.ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    open_workbook(Path(sys.argv[1]))
