package io.espalier.onnx.fuzz;

import io.espalier.onnx.build.OnnxGraphBuilder;
import io.espalier.onnx.file.OnnxModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A random network of 20 to 80 nodes, made of the pieces that networks have: it starts from an
 * image or a sequence, grows where a random move suits a random value, and ends in layers that read
 * whatever nobody has read yet.
 *
 * @param model the network
 * @param shapes shapes to run it with, by input name
 * @param sized whether the analysis has to know the shapes
 * @param nodes how many nodes it has
 */
public record RandomNetwork(
    OnnxModel model, Map<String, List<Long>> shapes, boolean sized, int nodes) {
  private static final int[] OPSETS = {9, 11, 13, 17, 18, 21};
  private static final int LEAST_NODES = 20;
  private static final int MOST_NODES = 80;
  private static final int PATIENCE = 300;
  private static final long MOST_ELEMENTS = 4000;
  private static final long LENGTH = 7;
  private static final long OUTPUTS = 4;
  private static final double CONSTRUCTS = 0.3;
  private static final double INTEGERS = 0.2;
  private static final Set<String> ROUNDING = Set.of("QuantizeLinear", "DynamicQuantizeLinear");

  /** The network of a seed. */
  public static RandomNetwork of(long seed) {
    return of(seed, false);
  }

  /**
   * The network of a seed, with {@linkplain ConstructMoves constructs} of exported networks, and in
   * one of two {@linkplain IntegerMoves products of integers}.
   */
  public static RandomNetwork withConstructs(long seed) {
    return of(seed, true);
  }

  /** Whether numbers are rounded to integers on the way. */
  boolean rounds() {
    return model.nodes().stream().anyMatch(node -> ROUNDING.contains(node.getOpType()));
  }

  private static RandomNetwork of(long seed, boolean constructs) {
    SplittableRandom random = new SplittableRandom(seed);
    while (true) {
      RandomNetwork network = new Growth(random.split(), seed, constructs).grow();
      if (network.nodes >= LEAST_NODES
          && network.nodes <= MOST_NODES
          && !network.model.outputs().isEmpty()) {
        return network;
      }
    }
  }

  private static final class Growth {
    private final OnnxGraphBuilder builder;
    private final Sketch s;
    private final boolean constructs;
    private final boolean integers;
    private final List<Wire> wires = new ArrayList<>();
    private final Map<String, List<Long>> shapes = new HashMap<>();

    Growth(SplittableRandom random, long seed, boolean constructs) {
      this.constructs = constructs;
      int opset = OPSETS[random.nextInt(OPSETS.length)];
      builder = new OnnxGraphBuilder("random" + seed, opset, seed);
      s = new Sketch(builder, random, opset, random.nextBoolean());
      integers = constructs && s.chance(0.5);
    }

    RandomNetwork grow() {
      inputs();
      int aim = s.between(LEAST_NODES + 30, MOST_NODES - 4);
      for (int i = 0; i < PATIENCE && s.nodes() + 3 * unread().size() < aim; i++) {
        List<Wire> open = unread();
        Wire x = open.isEmpty() || s.chance(0.25) ? s.pick(wires) : s.pick(open);
        if (x.size() <= MOST_ELEMENTS) {
          wires.addAll(s.pick(moves(x)).grow(s, x, List.copyOf(wires)));
        }
      }
      outputs();
      return new RandomNetwork(builder.build(), shapes, s.sized(), s.nodes());
    }

    private List<Move> moves(Wire x) {
      if (integers && (x.isImage() || x.isTokens()) && s.chance(INTEGERS)) {
        return x.isImage() ? IntegerMoves.ofImages() : IntegerMoves.ofTokens();
      }
      if (constructs && (x.isImage() || x.isTokens()) && s.chance(CONSTRUCTS)) {
        return x.isImage() ? ConstructMoves.ofImages() : ConstructMoves.ofTokens();
      }
      if (x.isImage()) {
        return s.chance(0.5)
            ? ImageMoves.all()
            : s.chance(0.6) ? ChannelMoves.all() : RareMoves.all();
      }
      return x.isTokens() ? TokenMoves.all() : RowMoves.all();
    }

    private List<Wire> unread() {
      return wires.stream().filter(wire -> !s.reads(wire)).distinct().toList();
    }

    private void inputs() {
      long batch = s.any(-3L, -3L, 2L, 1L);
      int kind = s.between(0, 5);
      if (kind != 0) {
        long size = s.any(4L, 6L, 8L, -8L);
        input("image", batch, s.between(1, 3), size, size);
      }
      if (kind < 2) {
        input("tokens", batch, s.chance(0.3) ? -LENGTH : LENGTH, s.between(3, 6));
      }
    }

    private void input(String name, long... dims) {
      List<Object> stated = new ArrayList<>();
      List<Long> shape = new ArrayList<>();
      List<Long> lengths = new ArrayList<>();
      for (int i = 0; i < dims.length; i++) {
        String open = i == 0 ? "N" : name + "_size";
        stated.add(dims[i] < 0 ? open : (Object) dims[i]);
        shape.add(dims[i]);
        lengths.add(Math.abs(dims[i]));
      }
      shapes.put(name, lengths);
      wires.add(new Wire(builder.input(name, stated.toArray()), shape));
    }

    /** One output that adds up what all heads say, or one for each. */
    private void outputs() {
      List<Wire> sums = new ArrayList<>();
      boolean apart = s.chance(0.3);
      int made = 0;
      List<Wire> ends = unread();
      // now and then a branch that nobody reads
      List<Wire> heads = ends.size() > 1 && s.chance(0.1) ? ends.subList(1, ends.size()) : ends;
      for (Wire wire : heads) {
        Wire head = head(wire);
        if (head.isRows() && !apart) {
          sums.add(head);
        } else {
          output("output" + made++, head);
        }
      }
      if (s.chance(0.1)) {
        output("inner", s.op("Neg", s.pick(wires)));
      }
      if (sums.size() == 1) {
        output("output", sums.get(0));
      } else if (!sums.isEmpty()) {
        List<String> names = sums.stream().map(Wire::name).toList();
        output("output", new Wire(s.node("Sum", Map.of(), names), sums.get(0).dims()));
      }
    }

    private Wire head(Wire x) {
      if (x.isRows()) {
        return s.linear(x, OUTPUTS);
      }
      boolean fixed = x.dims().subList(1, x.rank()).stream().allMatch(dim -> dim > 0);
      if (fixed && s.chance(0.5)) {
        return s.linear(s.flatten(x), OUTPUTS);
      }
      if (s.chance(0.2)) {
        return x.isImage() ? ImageMoves.convolve(s, x, OUTPUTS, 1, 1, 1) : s.linear(x, OUTPUTS);
      }
      Wire means =
          x.isImage()
              ? s.reduce("ReduceMean", x, false, 2, 3)
              : s.reduce("ReduceMean", x, false, 1);
      return s.linear(means, OUTPUTS);
    }

    private void output(String name, Wire wire) {
      List<Object> dims = new ArrayList<>();
      for (int i = 0; i < wire.rank(); i++) {
        String open = i == 0 && wire.dim(i) == -3 ? "N" : name + "_" + i;
        dims.add(wire.isFixed(i) ? (Object) wire.dim(i) : open);
      }
      builder.output(name, wire.name(), dims.toArray());
    }
  }
}
