package io.espalier.onnx.file;

import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The files beside a model that hold its external data. Each is checked and mapped once, in windows
 * that overlap when it is longer than one mapping can be. A file outside the model's folder is
 * refused: a model from a stranger must not read what it was not given.
 */
final class ExternalFiles implements ExternalData {
  private static final long WINDOW_STRIDE = 1L << 30;

  private final @Nullable Path folder;
  private final String model;
  private final Map<String, Source> sources = new HashMap<>();

  /**
   * @param folder where the model stands; null for a model in memory, which can have no external
   *     data
   * @param model how error messages name the model
   */
  ExternalFiles(@Nullable Path folder, String model) {
    this.folder = folder;
    this.model = model;
  }

  @Override
  public String model() {
    return model;
  }

  @Override
  public OnnxTensor tensor(TensorHeader header, List<StringStringEntryProto> reference) {
    return header.external(reference, this);
  }

  /** The size in bytes of a file, which must exist within the model's folder. */
  long size(String location) {
    return source(location).size;
  }

  /** A read-only view of a part that lies within the file. */
  ByteBuffer map(String location, long offset, int length) {
    return source(location).map(offset, length);
  }

  private synchronized Source source(String location) {
    return sources.computeIfAbsent(location, this::open);
  }

  private Source open(String location) {
    if (folder == null) {
      throw new OnnxFileException(
          model
              + " refers to external data '"
              + location
              + "', which a model in memory cannot have; read it from its file");
    }
    try {
      Path relative = Path.of(location.replace('\\', '/'));
      Path file = folder.resolve(relative).normalize();
      if (location.isEmpty() || relative.isAbsolute() || !file.startsWith(folder.normalize())) {
        throw outside(location);
      }
      if (!Files.isRegularFile(file)) {
        throw new OnnxFileException(
            model
                + " keeps weights in '"
                + location
                + "', and there is no such file; put it into the model's folder");
      }
      Path real = file.toRealPath();
      if (!real.startsWith(folder.toRealPath())) {
        throw outside(location);
      }
      return new Source(real, Files.size(real));
    } catch (IOException | InvalidPathException e) {
      throw new OnnxFileException(
          model + " keeps weights in '" + location + "', which cannot be read: " + e.getMessage(),
          e);
    }
  }

  private OnnxFileException outside(String location) {
    return new OnnxFileException(
        model
            + " keeps weights in '"
            + location
            + "', which is outside the model's folder and therefore not read; copy the file beside"
            + " the model and name it there");
  }

  private final class Source {
    private final Path file;
    private final long size;
    private final Map<Long, ByteBuffer> windows = new HashMap<>();

    Source(Path file, long size) {
      this.file = file;
      this.size = size;
    }

    synchronized ByteBuffer map(long offset, int length) {
      long start = offset / WINDOW_STRIDE * WINDOW_STRIDE;
      if (offset + length > start + Integer.MAX_VALUE) {
        return mapped(offset, length);
      }
      ByteBuffer window =
          windows.computeIfAbsent(
              start, from -> mapped(from, Math.min(Integer.MAX_VALUE, size - from)));
      return window.slice((int) (offset - start), length);
    }

    private ByteBuffer mapped(long offset, long length) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        if (channel.size() < offset + length) {
          throw new IOException("the file has become shorter");
        }
        return channel.map(FileChannel.MapMode.READ_ONLY, offset, length);
      } catch (IOException e) {
        throw new OnnxFileException(
            model + " keeps weights in " + file + ", which cannot be read: " + e.getMessage(), e);
      }
    }
  }
}
