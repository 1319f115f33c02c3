package io.espalier.core.cost;

import io.espalier.core.values.Block;
import io.espalier.core.values.FileSizes;
import io.espalier.core.values.Saturated;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * The most bytes of data that are held at one time: nodes run in the order of the file, none in the
 * place of its input, and a tensor is held from the node that computes it to the last that reads
 * it; inputs are held from the start, outputs to the end. Tensors of unknown shape are left out.
 */
public final class ActivationsCost implements CostHandler {
  /** Its key. */
  public static final String KEY = "activations";

  @Override
  public String key() {
    return KEY;
  }

  @Override
  public String plural() {
    return "bytes of activations";
  }

  @Override
  public CostFunction of(CostedNetwork network) {
    return new Peak(network);
  }

  /** The peak of one network. */
  private static final class Peak implements CostFunction {
    private final Graph graph;
    private final int[][] axes;
    private final int[] element;
    private final int[] last;

    Peak(CostedNetwork network) {
      this.graph = network.map().graph();
      this.axes = new int[graph.tensors().size()][];
      this.element = new int[axes.length];
      FileSizes sizes = network.sizes();
      for (Tensor tensor : graph.tensors()) {
        List<Layout> layouts = tensor.parameter() ? null : network.map().tensor(tensor.id());
        axes[tensor.id()] = layouts == null ? new int[0] : network.axes(layouts);
        element[tensor.id()] = layouts == null ? 0 : sizes.element(tensor.id());
      }
      this.last = last(new Extents(new long[0], List.of()));
    }

    @Override
    public long at(Extents extents) {
      int[] until = extents.hasAllNodes() ? last : last(extents);
      long[] freed = new long[graph.nodes().size() + 1];
      long held = 0;
      for (int input : graph.inputs()) {
        held = Saturated.plus(held, hold(input, extents, until, freed));
      }
      long most = held;
      for (GraphNode node : graph.nodes()) {
        if (!extents.isGone(node.index())) {
          for (int output : node.outputs()) {
            held = output < 0 ? held : Saturated.plus(held, hold(output, extents, until, freed));
          }
          most = Math.max(most, held);
        }
        held -= freed[node.index()];
      }
      return most;
    }

    private long hold(int tensor, Extents extents, int[] until, long[] freed) {
      long bytes = Saturated.times(extents.product(axes[tensor]), element[tensor]);
      freed[until[tensor]] = Saturated.plus(freed[until[tensor]], bytes);
      return bytes;
    }

    /** For each tensor the node after which nobody needs it. */
    private int[] last(Extents extents) {
      int[] readAs = new int[axes.length];
      Arrays.setAll(readAs, i -> i);
      for (Block block : extents.skipped()) {
        readAs[block.output()] = readAs[block.input()];
      }
      int[] until = new int[axes.length];
      for (Tensor tensor : graph.tensors()) {
        until[tensor.id()] = Math.max(0, tensor.producer());
      }
      for (GraphNode node : graph.nodes()) {
        if (!extents.isGone(node.index())) {
          node.inputs().stream()
              .filter(id -> id >= 0)
              .forEach(id -> until[readAs[id]] = node.index());
          node.captured().forEach(id -> until[readAs[id]] = node.index());
        }
      }
      graph.outputs().forEach(id -> until[readAs[id]] = graph.nodes().size());
      return until;
    }
  }
}
