// Reads whole numbers as solver/varints.py packs them: base64 of zigzag numbers, seven bits a byte, lowest first.

function unpack(text) {
  const bytes = atob(text);
  const numbers = new Float64Array(bytes.length);
  let count = 0;
  let value = 0;
  let place = 1;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes.charCodeAt(i);
    value += (byte & 127) * place;
    place *= 128;
    if (byte < 128) {
      // Numbers may be larger than the 32 bits of JavaScript's shifts.
      numbers[count++] = value % 2 ? -(value + 1) / 2 : value / 2;
      value = 0;
      place = 1;
    }
  }
  return numbers.subarray(0, count);
}

// The sums of differences, divided by `perUnit`.
function unpackSums(text, perUnit = 1) {
  const values = unpack(text);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i];
    values[i] = sum / perUnit;
  }
  return values;
}
