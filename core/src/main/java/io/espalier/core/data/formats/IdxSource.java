package io.espalier.core.data.formats;

import com.google.auto.service.AutoService;
import io.espalier.core.data.DataException;
import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSource;
import io.espalier.core.data.ElementType;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.Samples;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * An array in the format of MNIST, IDX, plain or compressed by gzip. Bytes of images are numbers
 * from 0 to 255.
 */
@AutoService(DataSource.class)
public final class IdxSource implements DataSource {
  private static final int BUFFER = 1 << 16;

  @Override
  public String name() {
    return "idx";
  }

  @Override
  public String reads() {
    return "an IDX file";
  }

  @Override
  public boolean accepts(String location) {
    return !DataFiles.isFolder(location) && isIdx(location);
  }

  /** Whether the name is one that such files have, or the first bytes are theirs. */
  static boolean isIdx(String location) {
    String name = location.toLowerCase(Locale.ROOT);
    if (name.matches(".*([.-]idx[0-9]*(-[a-z]+)?|-ubyte|)\\.gz") || name.matches(".*\\.idx")) {
      return true;
    }
    try {
      Path file = Path.of(location);
      if (!Files.isRegularFile(file) || name.matches(".*\\.(npy|npz|jsonl|ndjson|txt|tsv|csv)")) {
        return false;
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] start = in.readNBytes(4);
        return start.length == 4 && start[0] == 0 && start[1] == 0 && type(start[2]) != null;
      }
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  @Override
  public List<DataOption> options() {
    return PixelValues.options();
  }

  @Override
  public Samples open(DataRequest request) {
    Path file = DataFiles.file(request.location());
    InputSpec input = DataFiles.onlyInput(request, reads());
    return new ArraySamples(
        List.of(
            ArrayInput.of(array(request.location(), file), input, PixelValues.of(request, input))));
  }

  private static @Nullable ElementType type(int code) {
    return switch (code) {
      case 0x08 -> ElementType.UINT8;
      case 0x09 -> ElementType.INT8;
      case 0x0B -> ElementType.INT16;
      case 0x0C -> ElementType.INT32;
      case 0x0D -> ElementType.FLOAT32;
      case 0x0E -> ElementType.FLOAT64;
      default -> null;
    };
  }

  /** The array in a file. */
  static StoredArray array(String what, Path file) {
    boolean zipped = DataFiles.ends(what, ".gz");
    try (InputStream in = new BufferedInputStream(open(file, zipped), BUFFER)) {
      byte[] start = in.readNBytes(4);
      ElementType type = start.length < 4 ? null : type(start[2]);
      if (type == null || start[0] != 0 || start[1] != 0 || start[3] < 1) {
        throw new DataException(
            what
                + (zipped ? " is gzip of something that is no IDX array" : " is no IDX array")
                + "; it must begin with two zeros, a type and the number of dimensions");
      }
      byte[] dims = in.readNBytes(4 * start[3]);
      if (dims.length < 4 * start[3]) {
        throw new DataException(what + " breaks off within its header; get the whole file");
      }
      List<Long> shape = new ArrayList<>();
      ByteBuffer sizes = ByteBuffer.wrap(dims);
      while (sizes.hasRemaining()) {
        shape.add(sizes.getInt() & 0xffff_ffffL);
      }
      int length = start.length + dims.length;
      StoredArray array =
          new StoredArray(
              what,
              new ElementFormat(type, ByteOrder.BIG_ENDIAN),
              shape,
              false,
              () -> NpySource.skipped(open(file, zipped), length));
      if (zipped) {
        array.requireCompressed(Files.size(file));
      } else {
        array.requireBytes(Files.size(file) - length);
      }
      return array;
    } catch (ZipException e) {
      throw new DataException(what + " is no gzip file: " + e.getMessage() + "; check it", e);
    } catch (IOException e) {
      throw DataFiles.unreadable(what, e);
    }
  }

  private static InputStream open(Path file, boolean zipped) throws IOException {
    InputStream in = Files.newInputStream(file);
    if (!zipped) {
      return in;
    }
    try {
      return new GZIPInputStream(in, BUFFER);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
