package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Opens model files, and says in one sentence why one cannot be opened. */
final class ModelFile {
  private static final int HEAD = 64;

  private ModelFile() {}

  static OnnxModel open(Path path) {
    if (!Files.exists(path)) {
      throw new OnnxFileException("there is no file " + path + "; check the path");
    }
    if (Files.isDirectory(path)) {
      throw new OnnxFileException(path + " is a folder; name the .onnx file in it");
    }
    if (!Files.isRegularFile(path)) {
      throw new OnnxFileException(path + " is not a regular file; copy the model into one");
    }
    if (!Files.isReadable(path)) {
      throw new OnnxFileException(path + " cannot be read; check its permissions");
    }
    return parse(map(path), path.toString(), Optional.of(path));
  }

  private static ByteBuffer map(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long size = channel.size();
      if (size > Integer.MAX_VALUE) {
        throw new OnnxFileException(
            path
                + " is larger than 2 GB, which protobuf does not allow; save it with external"
                + " data");
      }
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, size);
    } catch (IOException e) {
      throw new OnnxFileException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** The result of edits, whose large tensors are put together when they are asked for. */
  static OnnxModel of(OnnxEdit edit) {
    String name = "the model in memory";
    SplitModel split = edit.split();
    try {
      return new OnnxModel(
          ModelSkeleton.scan(littleEndian(split.skeleton())),
          new SplitTensors(name, split),
          new ExternalFiles(null, name),
          Optional.empty(),
          () -> ModelSkeleton.scan(littleEndian(edit.toBytes())));
    } catch (WireFormatException e) {
      throw new OnnxFileException(
          "a model with changes is no ONNX model: " + e.getMessage() + "; check the original", e);
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * @param bytes the whole model
   * @param name how error messages name the model
   */
  static OnnxModel parse(ByteBuffer bytes, String name, Optional<Path> path) {
    if (!bytes.hasRemaining()) {
      throw new OnnxFileException(name + " is empty; export or download it again");
    }
    Optional<Path> folder = path.map(file -> file.toAbsolutePath().getParent());
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    try {
      ModelSkeleton skeleton = ModelSkeleton.scan(bytes);
      return new OnnxModel(skeleton, new ExternalFiles(folder.orElse(null), name), path);
    } catch (WireFormatException e) {
      throw new OnnxFileException(name + " " + explain(bytes, e), e);
    }
  }

  private static String explain(ByteBuffer bytes, WireFormatException problem) {
    byte[] head = new byte[Math.min(HEAD, bytes.limit())];
    bytes.get(0, head);
    String text = new String(head, StandardCharsets.ISO_8859_1);
    if (text.startsWith("PK\3\4")) {
      return "is a zip archive, not an ONNX model; unpack it, or export the model to ONNX";
    }
    if (text.startsWith("version https://git-lfs")) {
      return "is a Git LFS pointer, not the model; fetch the model with 'git lfs pull'";
    }
    if (text.chars().allMatch(c -> (c >= ' ' && c < 127) || c == '\n' || c == '\r' || c == '\t')) {
      return "is a text file, not an ONNX model; export the model to ONNX";
    }
    if (head.length > 1 && head[0] == 8 && head[1] > 0 && head[1] < 32) {
      return "is not a whole ONNX model: "
          + problem.getMessage()
          + "; the file is cut off or damaged, export or download it again";
    }
    return "is not an ONNX model (" + problem.getMessage() + "); export the model to ONNX";
  }
}
