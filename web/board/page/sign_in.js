// @ts-check
// Takes the secret from behind the `#` of the link, forgets it in the address, and gives it back by POST.

const field = /** @type {HTMLInputElement} */ (document.getElementById("token"));
const secret = location.hash.slice(1);
if (secret) {
  history.replaceState(null, "", location.pathname);
  field.value = secret;
  field.form?.submit();
}
