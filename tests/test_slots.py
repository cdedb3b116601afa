from datetime import date

import pytest
from days import TODAY

from assistant.slots import date_in, read, region_in
from corpus.catalog import load_catalog

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("question", "types"),
    [
        ("成立协会要多少会员", ("社会团体",)),
        ("民非注销", ("民办非企业单位",)),
        ("非公募基金会", ("基金会",)),
        ("社团和基金会有什么区别", ("社会团体", "基金会")),
        ("外国商会怎么登记", ("外国商会",)),
        ("境外基金会在哪登记", ("境外非政府组织代表机构",)),
    ],
)
def test_types_are_read_longest_word_first(question: str, types: tuple[str, ...]) -> None:
    assert read(question, CATALOG, TODAY).types == types


def test_a_law_name_is_not_a_type() -> None:
    assert read("基金会管理条例第八条", CATALOG, TODAY).types == ()


def test_articles_are_addressed_in_the_edition_of_the_day() -> None:
    (address,) = read("慈善法22条怎么说", CATALOG, date(2020, 1, 1)).addresses
    assert (address.article, address.edition) == ("第二十二条", "2016-03-16")


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("2020年的慈善法第二十二条怎么说", date(2020, 7, 1)),
        ("2019年3月5日申请公募资格要满几年", date(2019, 3, 5)),
        ("2016年的慈善法", date(2016, 9, 1)),
        ("慈善法修订前公募资格要几年", date(2024, 9, 4)),
        ("“十四五”规划到2025年专职工作人员目标", None),
        ("我们是2018年成立的，现在能申请认定吗", None),
        ("民发〔2026〕12号怎么规定管理费", None),
        ("2020年第27号公告第四条", None),
        ("2025年度年检什么时候交", None),
        ("慈善法修改前后募捐资格要几年", None),
        ("慈善法2016年和2023年的募捐资格有什么不同", None),
        ("2017年版和2023年版的行政复议法相比，受理机关变了吗", None),
        ("2000年的取缔办法还有效吗", None),
        ("2018年条例出台以后三部条例都没用了吧", None),
        ("2024年9月20日认定的慈善组织，什么时候满一年", None),
        ("2015年7月1日成立社会团体要几个会员", date(2015, 7, 1)),
        ("慈善法2016第二十条讲什么", date(2016, 9, 1)),
        ("慈善法（2016）对年度支出怎么说", date(2016, 9, 1)),
        ("2012版治安管理处罚法第五十四条", date(2013, 1, 1)),
        ("慈善法2023第二十条讲什么", None),
        ("慈善法2016版和2023版有什么不同", None),
        ("慈善法 2016年", date(2016, 9, 1)),
        ("旧慈善法里管理费最多多少", date(2024, 9, 4)),
        ("以前的《慈善法》募捐平台怎么定", date(2024, 9, 4)),
        ("旧慈善法和现在的有什么不同", None),
        ("2022年评上的3A哪年到期", None),
        ("2019年捐的钱能不能换用途", None),
        ("民政部关于慈善法〔2016〕5号文怎么说", None),
        ("2018年登记的慈善会，那时要满几年才有公募资格", date(2018, 7, 1)),
        ("2015年登记的民非，当时的法人去世了，怎么变更", None),
    ],
)
def test_the_question_date_is_read_where_there_is_one(question: str, day: date | None) -> None:
    assert date_in(question, CATALOG, TODAY) == day


@pytest.mark.parametrize(("question", "region"), [("宁波志愿服务", "浙江省宁波市"), ("上海慈善", "上海市"), ("山东养老", "山东省"), ("社团年检", "")])
def test_regions_are_read_with_their_province(question: str, region: str) -> None:
    assert region_in(question) == region
