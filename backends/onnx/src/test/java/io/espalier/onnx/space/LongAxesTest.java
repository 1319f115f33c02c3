package io.espalier.onnx.space;

import static io.espalier.onnx.space.Cuts.assertFree;
import static io.espalier.onnx.space.Cuts.assertFrozen;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.espalier.core.SearchSpace;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Axes of so many units that nobody chooses among them. */
class LongAxesTest {
  @TempDir private Path folder;

  /** Two products with a weight of as many columns, and rows, as are asked for. */
  private SearchSpace between(long units) throws IOException {
    Tiny t = new Tiny(17);
    String first = t.op("Tanh", t.linear("first", t.b.input("input", "N", 5), 5, 8));
    String wide = t.op("MatMul", first, t.b.floats("wide.weight", new float[8], 8, 1));
    String last = t.op("MatMul", t.op("Tanh", wide), t.b.floats("last.weight", new float[1], 1, 1));
    ModelProto.Builder model = t.b.output("output", last, "N", 1).toProto().toBuilder();
    for (TensorProto.Builder tensor : model.getGraphBuilder().getInitializerBuilderList()) {
      if (tensor.getName().equals("wide.weight")) {
        stored(tensor, 8, units);
      } else if (tensor.getName().equals("last.weight")) {
        stored(tensor, units, 1);
      }
    }
    Path file = folder.resolve("long.onnx");
    Files.write(file, model.build().toByteArray());
    return Cuts.space(OnnxModel.read(file));
  }

  /** Zeros in a file of their own that takes no room. */
  private void stored(TensorProto.Builder tensor, long... dims) throws IOException {
    long bytes = Float.BYTES;
    tensor.clearDims().clearRawData().clearFloatData().setDataType(DataTypes.FLOAT);
    for (long dim : dims) {
      tensor.addDims(dim);
      bytes *= dim;
    }
    String name = tensor.getName() + ".bin";
    try (FileChannel data =
        FileChannel.open(
            folder.resolve(name),
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE,
            StandardOpenOption.WRITE)) {
      data.write(ByteBuffer.allocate(1), bytes - 1);
    }
    tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL);
    tensor.addExternalData(
        StringStringEntryProto.newBuilder().setKey("location").setValue(name).build());
  }

  @Test
  void moreThanAnybodyChoosesAmong() throws IOException {
    SearchSpace space = between(20_000_000);

    assertFrozen(space, "wide.out_features", "it has 20000000 units; of more than 16777216");
    assertFree(space, "first.out_features");
  }

  @Test
  void asManyAsAreChosenAmong() throws IOException {
    SearchSpace space = between(100_000);

    assertFree(space, "wide.out_features");
    assertEquals(100_000, space.hparam("wide.out_features").choices().size());
  }
}
