// Photos are made small before they are sent: a phone on a weak network sends kilobytes, and the place stays at home.
(function () {
  "use strict";
  const LONGEST = 1600, SMALL_BYTES = 400000, QUALITY = 0.85;

  async function shrink(file) {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise(function (done) { canvas.toBlob(done, "image/jpeg", QUALITY); });
    return new File([made], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  }

  for (const input of document.querySelectorAll("input[data-photo]")) {
    input.addEventListener("change", async function () {
      const file = input.files[0];
      if (!file || file.size <= SMALL_BYTES) return;
      const button = input.form.querySelector("button");
      button.disabled = true;
      try {
        const transfer = new DataTransfer();
        transfer.items.add(await shrink(file));
        input.files = transfer.files;
      } catch (error) {
        // What the browser cannot read the server judges.
        console.warn(error);
      } finally {
        button.disabled = false;
      }
    });
  }
})();
