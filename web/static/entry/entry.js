// Photos are made small before they are sent: a phone on a weak network sends kilobytes, and the place stays at home.
(function () {
  "use strict";
  const LONGEST = 1600, SMALL_BYTES = 400000, MOST_BYTES = 8000000, QUALITY = 0.85;

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

  // What the server would refuse is told before it is sent: the form stays as it was filled in.
  function judge(input) {
    const file = input.files[0], large = file && file.size > MOST_BYTES;
    const told = large ? file.name + " 有 " + (file.size / 1e6).toFixed(1) + " MB，每份至多 8 MB。请压缩后重新选择，或不选文件、只填文号。" : "";
    input.setCustomValidity(told);
    let note = input.parentElement.querySelector(".toolarge");
    if (told && !note) {
      note = document.createElement("em");
      note.className = "toolarge late";
      note.setAttribute("role", "alert");
      input.after(note);
    }
    if (note) note.textContent = told;
  }

  for (const input of document.querySelectorAll("input[type=file]:not([data-photo])")) {
    input.addEventListener("change", function () { judge(input); });
  }
  for (const input of document.querySelectorAll("input[data-photo]")) {
    input.addEventListener("change", async function () {
      const file = input.files[0];
      if (!file || file.size <= SMALL_BYTES) { judge(input); return; }
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
        judge(input);
        button.disabled = false;
      }
    });
  }
})();
