// Files chosen on this computer, as the page's protocol carries them.

/** Read chosen files: `{name, mimetype, size, content}` with the content in base64. */
export function readFiles(chosen) {
  return Promise.all(
    [...chosen].map(async (file) => ({
      name: file.name,
      mimetype: file.type,
      size: file.size,
      content: await inBase64(file),
    })),
  );
}

function inBase64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}

/** A number of bytes in words. */
export function sizeInWords(bytes) {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
