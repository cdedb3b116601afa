import pytest

from api.settings import BadSetting, from_environment

MODEL = {"SHEZU_MODEL_URL": "http://127.0.0.1:11434/v1/", "SHEZU_MODEL_NAME": "qwen3:8b", "SHEZU_MODEL_KEY": "geheim", "SHEZU_MODEL_TIMEOUT": "12"}


def test_the_model_is_read_from_the_environment() -> None:
    settings = from_environment(MODEL)
    assert (settings.model_url, settings.model_name, settings.model_key, settings.model_timeout) == ("http://127.0.0.1:11434/v1", "qwen3:8b", "geheim", 12)
    assert "geheim" not in repr(settings)


def test_no_model_is_the_usual_case() -> None:
    settings = from_environment({})
    assert (settings.model_url, settings.model_name, settings.model_key, settings.model_timeout) == ("", "", "", 30)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"SHEZU_MODEL_URL": "model.example/v1"}, "SHEZU_MODEL_URL"),
        ({"SHEZU_MODEL_URL": "file:///etc/passwd"}, "SHEZU_MODEL_URL"),
        ({"SHEZU_MODEL_URL": "https://me:geheim@model.example/v1"}, "SHEZU_MODEL_URL"),
        ({"SHEZU_MODEL_NAME": ""}, "SHEZU_MODEL_NAME"),
        ({"SHEZU_MODEL_TIMEOUT": "0"}, "SHEZU_MODEL_TIMEOUT"),
        ({"SHEZU_MODEL_TIMEOUT": "soon"}, "SHEZU_MODEL_TIMEOUT"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_without_the_key(changed: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named) as problem:
        from_environment(MODEL | changed)
    assert "geheim" not in str(problem.value)
