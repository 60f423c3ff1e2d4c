// A file in parts. A part is a message of bytes: 16 bytes that name the file, 4 bytes for the number of the part
// (unsigned, big-endian), and the content.

/** Bytes of content in a part; the last one may have less. Well below the largest message. */
export const PART = 256 * 1024;

const HEAD = 20;

/** How many parts a file has. @param {number} size in bytes */
export const countOf = (size, part = PART) => Math.ceil(size / part);

/** How many bytes part `index` of a file has. @param {number} size @param {number} index */
export const lengthOf = (size, index, part = PART) => Math.min(part, size - index * part);

/** A new name for a file: 16 random bytes in hex. */
export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** @param {unknown} id @returns {id is string} */
export const isId = (id) => typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);

/** @param {string} id @param {number} index @param {Uint8Array} content */
export const encode = (id, index, content) => {
  const bytes = new Uint8Array(HEAD + content.length);
  for (let i = 0; i < 16; i += 1) bytes[i] = Number.parseInt(id.slice(i * 2, i * 2 + 2), 16);
  new DataView(bytes.buffer).setUint32(16, index);
  bytes.set(content, HEAD);
  return bytes;
};

/** @param {Uint8Array} bytes @returns {{id: string, index: number, content: Uint8Array<ArrayBuffer>} | null} */
export const decode = (bytes) => {
  if (bytes.length < HEAD) return null;
  const id = Array.from(bytes.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return {
    id,
    index: new DataView(bytes.buffer, bytes.byteOffset).getUint32(16),
    content: Uint8Array.from(bytes.subarray(HEAD)),
  };
};
