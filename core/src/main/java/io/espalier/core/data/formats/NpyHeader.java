package io.espalier.core.data.formats;

import io.espalier.core.data.DataException;
import io.espalier.core.data.ElementType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of a {@code .npy} file, versions 1 to 3, as NumPy's {@code numpy.lib.format} describes
 * it.
 *
 * @param format how elements are written
 * @param shape the dimensions of the array
 * @param fortran whether the first index changes fastest
 * @param length bytes of the header, with all that stands before the elements
 */
record NpyHeader(ElementFormat format, List<Long> shape, boolean fortran, int length) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};

  /** NumPy itself refuses to parse more than 10,000 characters. */
  private static final int LONGEST = 1 << 16;

  private static final Pattern ENTRY =
      Pattern.compile(
          "\\s*['\"](\\w+)['\"]\\s*:\\s*"
              + "(?:['\"]([^'\"]*)['\"]|(True|False)|\\(([0-9L,\\s-]*)\\)|(\\[.*\\]))\\s*(?:,|$)",
          Pattern.DOTALL);

  private static final Pattern TYPE = Pattern.compile("([<>|=])([a-zA-Z])([0-9]{1,9})");

  /**
   * Reads a header, and leaves the stream at the first element.
   *
   * @param what how a message names the array
   * @throws DataException if it is none, or of elements that are no numbers
   * @throws IOException if the stream fails
   */
  static NpyHeader read(String what, InputStream in) throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    for (int i = 0; i < MAGIC.length; i++) {
      if (i >= start.length || start[i] != MAGIC[i]) {
        throw new DataException(what + " is no .npy array; write it with numpy.save");
      }
    }
    if (start.length < MAGIC.length + 2) {
      throw broken(what);
    }
    int version = start[MAGIC.length];
    if (version < 1 || version > 3) {
      throw new DataException(
          what + " is of version " + version + " of the .npy format; write version 1, 2 or 3");
    }
    int sizeBytes = version == 1 ? 2 : 4;
    byte[] size = in.readNBytes(sizeBytes);
    if (size.length < sizeBytes) {
      throw broken(what);
    }
    long length = 0;
    for (int i = sizeBytes - 1; i >= 0; i--) {
      length = (length << 8) | (size[i] & 0xff);
    }
    if (length > LONGEST) {
      throw new DataException(
          what + " says that its header is " + length + " bytes long, more than any header needs");
    }
    byte[] text = in.readNBytes((int) length);
    if (text.length < length) {
      throw broken(what);
    }
    return parse(
        what,
        new String(text, version < 3 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8),
        start.length + sizeBytes + text.length);
  }

  private static NpyHeader parse(String what, String text, int length) {
    String dictionary = text.strip();
    if (!dictionary.startsWith("{") || !dictionary.endsWith("}")) {
      throw unclear(what, text);
    }
    Matcher entries = ENTRY.matcher(dictionary.substring(1, dictionary.length() - 1));
    ElementFormat format = null;
    List<Long> shape = null;
    Boolean fortran = null;
    while (entries.lookingAt()) {
      if (entries.group(1).equals("descr")) {
        format = format(what, entries.group(2) == null ? entries.group(5) : entries.group(2));
      } else if (entries.group(1).equals("fortran_order") && entries.group(3) != null) {
        fortran = entries.group(3).equals("True");
      } else if (entries.group(1).equals("shape") && entries.group(4) != null) {
        shape = shape(what, entries.group(4));
      }
      entries.region(entries.end(), entries.regionEnd());
    }
    if (format == null || shape == null || fortran == null) {
      throw unclear(what, text);
    }
    return new NpyHeader(format, shape, fortran && shape.size() > 1, length);
  }

  private static ElementFormat format(String what, String descr) {
    Matcher matcher = TYPE.matcher(String.valueOf(descr));
    if (matcher.matches()) {
      ByteOrder order =
          matcher.group(1).equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      ElementType type =
          switch (matcher.group(2) + matcher.group(3)) {
            case "b1" -> ElementType.BOOL;
            case "u1" -> ElementType.UINT8;
            case "i1" -> ElementType.INT8;
            case "u2" -> ElementType.UINT16;
            case "i2" -> ElementType.INT16;
            case "u4" -> ElementType.UINT32;
            case "i4" -> ElementType.INT32;
            case "u8" -> ElementType.UINT64;
            case "i8" -> ElementType.INT64;
            case "f2" -> ElementType.FLOAT16;
            case "f4" -> ElementType.FLOAT32;
            case "f8" -> ElementType.FLOAT64;
            default -> null;
          };
      if (type != null) {
        return new ElementFormat(type, order);
      }
    }
    throw new DataException(
        what
            + " holds elements of NumPy's type '"
            + descr
            + "'; save it as bool, int, uint, float16, float32 or float64");
  }

  private static List<Long> shape(String what, String text) {
    List<Long> shape = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String size = part.strip();
      if (size.isEmpty()) {
        continue; // behind the last comma
      }
      if (!size.matches("[0-9]{1,18}L?")) {
        throw new DataException(
            what + " says that its shape is (" + text.strip() + "), which no file can hold");
      }
      shape.add(Long.valueOf(size.replace("L", "")));
    }
    return shape;
  }

  private static DataException broken(String what) {
    return new DataException(what + " breaks off within its header; get the whole file");
  }

  private static DataException unclear(String what, String text) {
    String shown = text.strip().replaceAll("[^ -~]", "?");
    return new DataException(
        what
            + " has a header that says neither type nor shape: "
            + (shown.length() > 100 ? shown.substring(0, 100) + " ..." : shown)
            + "; write it anew with numpy.save");
  }
}
