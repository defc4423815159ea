"""Ways to say who is meant: what a clause takes from its neighbours, negations, ranges, two audiences at once."""

from datetime import date

import pytest

from tests.agent.brief.reading import asked, read, values

TODAY = date(2026, 11, 24)
ZH = {
    "沉睡用户(180天未购)": ["recency>=180"],
    "上次购买在30到60天之间的用户": ["(recency>=30 & recency<=60)"],
    "客单价在50到100元之间的客户": ["(aov>=50 & aov<=100)"],
    "平均每单不足80元的顾客": ["aov<80"],
    "近半年在肉类上花了300元以上的": ["spend>=300:肉@182d"],
    "买了洗发水却从来不买护发素的客户": ["(bought:洗发水 & !(bought:护发素))"],
    "既没买过啤酒也没买过白酒的顾客": ["!(bought:啤酒|白酒)"],
    "买过啤酒或者消费超过500元的客户": ["(bought:啤酒 | spend>500)"],
    "以前常买咖啡，最近两个月没买的": ["recency>=60:咖啡"],
    "一个月内没有收到过我们短信的用户": ["!(contacted[sms]@30d)"],
    "近7天没被联系过的用户": ["!(contacted@7d)"],
    "近30天点击过邮件的用户": ["contacted[email,clicked]@30d"],
    "注册了没下过单的": ["orders=0"],
    "近60天不再买尿布的妈妈": ["recency>=60:尿布", "attr:妈妈"],
    "回头客": ["orders>=2"],
    "复购用户中客单价低于60的": ["orders>=2", "aov<60"],
    "三十多岁的女性，近90天买过护肤品": ["attr:三十多岁的女性", "bought:护肤品@90d"],
    "大学生": ["attr:大学生"],
    "单身人士": ["attr:单身人士"],
}
ZH_ASKED = (
    "消费最高的两百个客户",
    "只在打折时才买的人",
    "不再买尿布的妈妈",
    "没有不买牛奶的人",
    "每月至少下单一次的客户",
    "最近买过水果的客户",
)


@pytest.mark.parametrize("text", ZH)
def test_a_chinese_condition_is_read(text: str) -> None:
    found = values(f"{text}，邮件，预算3000元，12月1日到14日。", today=TODAY, currency="CNY", market="CN")
    assert (found.get("audience"), found.get("exclude")) == (ZH[text], None)


@pytest.mark.parametrize("text", ZH_ASKED)
def test_what_chinese_words_leave_open_is_asked_about(text: str) -> None:
    brief = read(f"{text}，邮件，预算3000元，12月1日到14日。", today=TODAY, currency="CNY", market="CN")
    assert "audience" in asked(brief)
    assert brief.fields.offer_types == ()


def test_everyone_but_a_group_is_left_out_by_a_bracket_of_words() -> None:
    found = values(
        "除企业客户外的所有用户，邮件，预算3000元，12月1日到14日。", today=TODAY, currency="CNY", market="CN"
    )
    assert (found["audience"], found["exclude"]) == (["everyone"], ["attr:企业客户"])
