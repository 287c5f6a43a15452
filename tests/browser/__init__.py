"""The fixture app in a real browser: made by `build`, opened by `chromium`, used by `clik`.

Chromium is asked for `https://api.openai.com` by the code as it is, and takes the test server's
answers instead; nothing in the app is changed for that, and no other host can be reached. Each test
leaves a picture in `test-artifacts/browser` (or below $CALLMEND_TEST_ARTIFACTS); two of them are
`docs/images/before.png` and `after.png`.
"""
