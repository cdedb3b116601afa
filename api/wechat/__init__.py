"""WeChat: login, content checks, notices, message callbacks and the 企业微信 robot, over thin clients of our own."""
