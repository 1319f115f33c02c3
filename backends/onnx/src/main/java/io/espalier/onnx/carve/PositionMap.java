package io.espalier.onnx.carve;

import ai.onnx.proto.OnnxMl.NodeProto;
import io.espalier.onnx.file.DataTypes;
import io.espalier.onnx.file.OnnxModel;
import io.espalier.onnx.file.TensorSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A small table that leads positions along an axis to those of what stays of it. The node that
 * reads it says which positions lead to their own element, for those who want to know how much of
 * their data was mapped to something else.
 */
public final class PositionMap {
  private static final String MARK = "positions whose own element stays, one bit each: ";

  private final TensorSource table;
  private final BitSet stay = new BitSet();

  /**
   * @param name of the table
   * @param leads for each position the one that it leads to
   * @param kept the positions whose own element stays
   */
  PositionMap(String name, int[] leads, int @Nullable [] kept) {
    long[] values = Arrays.stream(leads).asLongStream().toArray();
    this.table = Tensors.integers(name, DataTypes.INT32, values, leads.length);
    if (kept != null) {
      Arrays.stream(kept).forEach(stay::set);
    }
  }

  TensorSource table() {
    return table;
  }

  /** The node that maps a tensor of positions. */
  NodeProto node(String positions, String output) {
    return NodeProto.newBuilder()
        .setOpType("Gather")
        .setName(output)
        .addInput(table.name())
        .addInput(positions)
        .addOutput(output)
        .setDocString(MARK + Base64.getEncoder().encodeToString(stay.toByteArray()))
        .build();
  }

  /**
   * Positions that a carved model maps.
   *
   * @param positions the tensor that holds them
   * @param count how many there are
   * @param stay those whose own element stays
   */
  public record Read(String positions, int count, BitSet stay) {
    /** Whether a position leads to another element; negative ones count from the end. */
    public boolean isMapped(long position) {
      return !stay.get(Math.toIntExact(position < 0 ? position + count : position));
    }
  }

  /** What a model maps, node by node; empty where it maps nothing, or does not say what. */
  public static List<Read> of(OnnxModel model) {
    List<Read> found = new ArrayList<>();
    for (NodeProto node : model.nodes()) {
      boolean maps = node.getOpType().equals("Gather") && node.getDocString().startsWith(MARK);
      var table = maps ? model.initializers().get(node.getInput(0)) : null;
      if (table != null) {
        byte[] bits = Base64.getDecoder().decode(node.getDocString().substring(MARK.length()));
        int count = Math.toIntExact(table.elementCount());
        found.add(new Read(node.getInput(1), count, BitSet.valueOf(bits)));
      }
    }
    return found;
  }
}
