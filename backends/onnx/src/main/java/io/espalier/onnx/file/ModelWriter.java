package io.espalier.onnx.file;

import io.espalier.core.values.StagedFiles;
import io.espalier.core.values.WholeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;

/** Writes an edited model to a file, and its data to another if one file does not do. */
final class ModelWriter {
  /** What protobuf allows. */
  private static final long LIMIT = Integer.MAX_VALUE;

  private static final String DATA = ".data";

  /** Bytes in the name of a file, as most file systems have it. */
  private static final int LONGEST_NAME = 255;

  private ModelWriter() {}

  static void write(OnnxModel model, OnnxEdit edit, Path out) {
    write(model, edit, out, LIMIT);
  }

  /**
   * @param limit bytes a model file may have before its weights go to another
   */
  static void write(OnnxModel model, OnnxEdit edit, Path out, long limit) {
    try (StagedFiles files = new StagedFiles()) {
      stage(model, edit, out, limit, files);
      files.commit();
    } catch (IOException e) {
      throw failed(out, e);
    }
  }

  static void stage(OnnxModel model, OnnxEdit edit, Path out, StagedFiles files) {
    try {
      stage(model, edit, out, LIMIT, files);
    } catch (IOException e) {
      throw failed(out, e);
    }
  }

  private static void stage(OnnxModel model, OnnxEdit edit, Path out, long limit, StagedFiles files)
      throws IOException {
    Path file = files.stage(out);
    ExternalDataFile data = new ExternalDataFile(dataName(file));
    Chunks chunks = plan(model, edit, data, limit);
    LongConsumer listener = files.written(chunks.size() + data.size());
    if (!data.isEmpty()) {
      write(file.resolveSibling(data.location()), channel -> data.writeTo(channel, listener));
    }
    write(file, channel -> chunks.writeTo(channel, listener));
  }

  static void write(OnnxModel model, OnnxEdit edit, OutputStream out) throws IOException {
    Chunks chunks = WritePlan.of(model, edit, Optional.empty());
    if (chunks.size() > LIMIT) {
      throw tooLarge(model, chunks.size());
    }
    ByteSink sink = new ByteSink(Channels.newChannel(out));
    chunks.writeTo(sink);
    sink.flush();
  }

  private static void write(Path file, Body body) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      body.writeTo(channel);
      channel.force(true);
    }
  }

  private static OnnxFileException failed(Path out, IOException e) {
    return new OnnxFileException(WholeFile.unwritten(out, e), e);
  }

  /** What a file is to hold. */
  private interface Body {
    void writeTo(FileChannel file) throws IOException;
  }

  /** The bytes that {@link #write} writes, in both files together. */
  static long size(OnnxModel model, OnnxEdit edit) {
    ExternalDataFile data =
        new ExternalDataFile(model.path().map(ModelWriter::dataName).orElse(DATA));
    Chunks chunks = plan(model, edit, data, LIMIT);
    return chunks.size() + data.size();
  }

  static byte[] toBytes(OnnxModel model, OnnxEdit edit) {
    return toBytes(model, WritePlan.of(model, edit, Optional.empty()));
  }

  static SplitModel split(OnnxModel model, OnnxEdit edit, IntPredicate dataTypes) {
    ExternalDataFile data = new ExternalDataFile("weights");
    Set<String> read = NamesWithin.read(model, edit);
    WritePlan.Movable movable = (name, type) -> read.contains(name) && dataTypes.test(type);
    byte[] skeleton = toBytes(model, WritePlan.of(model, edit, Optional.of(data), movable));
    return new SplitModel(skeleton, data.tensors());
  }

  static byte[] inPlace(OnnxModel model) {
    Path file = model.path().orElseThrow(() -> new IllegalStateException(model + " has no file"));
    return toBytes(model, WritePlan.inPlace(model, String.valueOf(file.getFileName())));
  }

  private static byte[] toBytes(OnnxModel model, Chunks chunks) {
    if (chunks.size() > LIMIT - 8) {
      throw tooLarge(model, chunks.size());
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) chunks.size());
    try {
      chunks.writeTo(ByteSink.into(bytes));
    } catch (IOException e) {
      throw new OnnxFileException("cannot copy " + model + ": " + WholeFile.reason(e), e);
    }
    return bytes.array();
  }

  private static Chunks plan(OnnxModel model, OnnxEdit edit, ExternalDataFile data, long limit) {
    if (model.tensors().stream().noneMatch(OnnxTensor::isExternal)) {
      Chunks inline = WritePlan.of(model, edit, Optional.empty());
      if (inline.size() <= limit) {
        return inline;
      }
    }
    Chunks outline = WritePlan.of(model, edit, Optional.of(data));
    if (outline.size() > LIMIT) {
      throw tooLarge(model, outline.size());
    }
    return outline;
  }

  private static OnnxFileException tooLarge(OnnxModel model, long size) {
    return new OnnxFileException(
        model
            + " needs "
            + size
            + " bytes in one piece, above the 2 GB that protobuf allows; move weights to external"
            + " data");
  }

  /** The name of the file beside a model, cut where it would be longer than a name may be. */
  private static String dataName(Path file) {
    String name = String.valueOf(file.getFileName());
    while (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME - DATA.length()) {
      name = name.substring(0, name.offsetByCodePoints(name.length(), -1));
    }
    return name + DATA;
  }
}
