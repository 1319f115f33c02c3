package io.espalier.core.cost;

import io.espalier.core.values.FileSizes;
import io.espalier.core.values.Saturated;
import io.espalier.spi.OpId;
import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The stored tensors that a file holds, each once for all nodes that read the same slice of it, and
 * the bytes that they take.
 */
final class StoredSlices {
  private static final OpId IDENTITY = OpId.of("Identity");

  private final Stored[] tensors;

  /** A slice that some nodes read. */
  @SuppressWarnings("ArrayRecordComponent") // slices are not compared
  private record Slice(int[] axes, BitSet readers) {
    long[] dims(Extents extents) {
      long[] dims = new long[axes.length];
      for (int i = 0; i < dims.length; i++) {
        dims[i] = extents.of(axes[i]);
      }
      return dims;
    }
  }

  /**
   * A stored tensor.
   *
   * @param size its bytes by its dimensions
   * @param bytes what it takes in the original
   * @param elements how many elements it has there
   * @param whole the nodes that need all of it, whatever the widths
   * @param slices what others need of it
   */
  @SuppressWarnings("ArrayRecordComponent") // tensors are not compared
  private record Stored(
      ToLongFunction<long[]> size, long bytes, long elements, BitSet whole, Slice[] slices) {}

  StoredSlices(CostedNetwork network, FileSizes sizes) {
    SymMap map = network.map();
    Graph graph = map.graph();
    Map<Integer, BitSet> whole = new LinkedHashMap<>();
    Map<Integer, Map<List<Integer>, Slice>> sliced = new LinkedHashMap<>();
    BitSet always = new BitSet();
    always.set(graph.nodes().size());
    graph.outputs().forEach(output -> add(whole, graph.root(output), always));
    for (GraphNode node : graph.nodes()) {
      BitSet reader = new BitSet();
      reader.set(node.index());
      node.captured().forEach(id -> add(whole, graph.root(id), reader));
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        boolean alias = node.op().equals(IDENTITY);
        if (input < 0 || (alias && !graph.outputs().contains(node.outputs().get(0)))) {
          continue;
        }
        List<Layout> layouts = map.isUse(node.index(), i) ? map.input(node.index(), i) : null;
        if (layouts == null) {
          add(whole, graph.root(input), reader);
        } else {
          int[] axes = network.axes(layouts);
          sliced
              .computeIfAbsent(graph.root(input), root -> new LinkedHashMap<>())
              .computeIfAbsent(
                  Arrays.stream(axes).boxed().toList(), key -> new Slice(axes, new BitSet()))
              .readers()
              .or(reader);
        }
      }
    }
    List<Stored> stored = new ArrayList<>();
    for (Tensor tensor : graph.tensors()) {
      Constant constant = tensor.constant();
      BitSet all = whole.getOrDefault(tensor.id(), new BitSet());
      Map<List<Integer>, Slice> some = sliced.getOrDefault(tensor.id(), Map.of());
      if (constant != null && !(all.isEmpty() && some.isEmpty())) {
        ToLongFunction<long[]> size = sizes.tensor(tensor.id());
        long bytes = size.applyAsLong(constant.dims());
        Slice[] slices = some.values().toArray(Slice[]::new);
        stored.add(new Stored(size, bytes, constant.size(), all, slices));
      }
    }
    this.tensors = stored.toArray(Stored[]::new);
  }

  private static void add(Map<Integer, BitSet> readers, int root, BitSet nodes) {
    readers.computeIfAbsent(root, key -> new BitSet()).or(nodes);
  }

  /** By how many bytes the tensors are fewer, or negative where they are more. */
  long saved(Extents extents) {
    long saved = 0;
    for (Stored tensor : tensors) {
      saved += tensor.bytes() - bytes(tensor, extents);
    }
    return saved;
  }

  private long bytes(Stored tensor, Extents extents) {
    boolean whole = !tensor.whole().isEmpty() && !extents.areGone(tensor.whole());
    long bytes = whole ? tensor.bytes() : 0;
    for (Slice slice : tensor.slices()) {
      if (extents.areGone(slice.readers())) {
        continue;
      }
      boolean all = extents.product(slice.axes()) == tensor.elements();
      if (!all) {
        bytes = Saturated.plus(bytes, tensor.size().applyAsLong(slice.dims(extents)));
      } else if (!whole) {
        whole = true;
        bytes = Saturated.plus(bytes, tensor.bytes());
      }
    }
    return bytes;
  }
}
