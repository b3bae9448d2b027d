"""The small corpus of the browser tests, and the questions that they ask about it."""

from typing import Any

from playwright.sync_api import Locator, Page, Request

SCRIPT = "<script>window.pwned=1</script>"
IMAGE = "<img src=x onerror=window.pwned=1>"

REPORTS = {
    "青禾县绿道-2023.txt": (
        "青禾县2023年绿道建设报告\n"
        "一、建设情况\n"
        "2023年，青禾县新建绿道28.4公里，改造口袋公园9处。沿线栽植乔木6200株。\n"
        "二、资金使用\n"
        "全年投入绿道建设资金3150万元，由县财政局审核拨付。\n"
    ),
    "青禾县绿道-2024.txt": (
        "青禾县2024年绿道建设报告\n"
        "一、建设情况\n"
        "2024年，青禾县新建绿道36.5公里，改造口袋公园12处。沿线栽植乔木7400株。\n"
        "二、资金使用\n"
        "全年投入绿道建设资金4280万元，由县财政局审核拨付。\n"
    ),
    "高坪村水渠.txt": (
        "𠮷坪村水渠修缮报告\n"
        "一、工程概况\n"
        "🌾𠮷坪村水渠始建于1968年。本次修缮由水利技术员𠮷田禾主持，修缮水渠总长5.6公里。\n"
        "二、后续管护\n"
        "工程移交村集体管护，每年汛期之前清淤一次。\n"
    ),
    "攻击.txt": (
        f"{SCRIPT}网页安全演练报告\n"
        "一、演练结果\n"
        f"安全演练共投放样本83个，其中{SCRIPT}类样本17个，{IMAGE}类样本9个。\n"
    ),
    "巡河日志.txt": "巡河日志汇编\n"
    + "".join(f"第{day}日，巡河员记录水位{day}厘米，沿岸未见异常情况。\n" for day in range(1, 61)),
}

GREENWAY = "2024年青禾县新建绿道多少公里？"
CANAL = "𠮷坪村本次修缮水渠总长多少公里？"
DRILL = "安全演练共投放样本多少个？"
PATROL = "第30日巡河员记录的水位是多少厘米？"
UNANSWERABLE = "月球背面的咖啡馆几点钟打烊？"


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it with Enter, and return its entry once it is answered."""
    earlier = page.locator(".turn").count()
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    entry = page.locator(".turn").nth(earlier)
    entry.locator(".answered").wait_for()
    return entry


def sent_by(request: Request) -> dict[str, Any]:
    """Return the JSON that a request carried."""
    sent: dict[str, Any] = request.post_data_json or {}
    return sent


def quotes(entry: Locator) -> list[str]:
    """Return the quotes that an entry shows as its answer."""
    return entry.locator(".quotes q").all_text_contents()


def scrolls_sideways(page: Page) -> bool:
    """Return whether the page is wider than its window."""
    wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    return bool(wider)
