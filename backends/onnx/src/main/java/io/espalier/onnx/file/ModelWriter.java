package io.espalier.onnx.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Writes an edited model to a file, and its data to another if one file does not do. */
final class ModelWriter {
  /** What protobuf allows. */
  private static final long LIMIT = Integer.MAX_VALUE;

  private ModelWriter() {}

  static void write(OnnxModel model, OnnxEdit edit, Path out) {
    write(model, edit, out, LIMIT);
  }

  /**
   * @param limit bytes a model file may have before its weights go to another
   */
  static void write(OnnxModel model, OnnxEdit edit, Path out, long limit) {
    try (StagedFile file = StagedFile.of(out);
        StagedFile dataFile = StagedFile.of(dataPath(out))) {
      ExternalDataFile data = new ExternalDataFile(dataPath(out).getFileName().toString());
      Chunks chunks = plan(model, edit, data, limit);
      if (!data.isEmpty()) {
        dataFile.write(data::writeTo);
      }
      file.write(chunks::writeTo);
      if (!data.isEmpty()) {
        dataFile.commit();
      }
      file.commit();
    } catch (IOException e) {
      throw new OnnxFileException(
          "cannot write "
              + out
              + ": "
              + StagedFile.reason(e)
              + "; free some space or choose another folder",
          e);
    }
  }

  static byte[] toBytes(OnnxModel model, OnnxEdit edit) {
    return toBytes(model, WritePlan.of(model, edit, Optional.empty()));
  }

  static SplitModel split(OnnxModel model, OnnxEdit edit) {
    ExternalDataFile data = new ExternalDataFile("weights");
    Set<String> read = NamesWithin.read(model, edit);
    byte[] skeleton = toBytes(model, WritePlan.of(model, edit, Optional.of(data), read::contains));
    return new SplitModel(skeleton, data.tensors());
  }

  private static byte[] toBytes(OnnxModel model, Chunks chunks) {
    if (chunks.size() > LIMIT - 8) {
      throw tooLarge(model, chunks.size());
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) chunks.size());
    try {
      ByteSink sink = new ByteSink(new BufferChannel(bytes));
      chunks.writeTo(sink);
      sink.flush();
    } catch (IOException e) {
      throw new OnnxFileException("cannot copy " + model + ": " + StagedFile.reason(e), e);
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

  private static Path dataPath(Path out) {
    Path name = Objects.requireNonNull(out.toAbsolutePath().getFileName(), "a file has a name");
    return out.resolveSibling(name + ".data");
  }
}
