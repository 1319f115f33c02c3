package io.espalier.core.values;

import io.espalier.trace.Constant;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stays of a network: the units that are kept of each symbol, and the blocks that are taken
 * out. A backend carves by it, and the manifest is read off it. Not safe for use by several threads
 * at once.
 */
public final class Cut {
  private final SymMap map;
  private final Layout.Widths widths;
  private final int[] @Nullable [] orders;
  private final Map<Integer, Integer> replaced = new HashMap<>();
  private final BitSet skippedNodes = new BitSet();
  private final List<Block> skipped;
  private final IdentityHashMap<Layout, int[]> kept = new IdentityHashMap<>();
  private final SimilarSlices similar;

  /**
   * A cut of a network.
   *
   * @param map the solved network
   * @param widths how many units of each symbol stay
   * @param orders for each symbol, by index, its units from the most important; null where they
   *     stay as they are
   * @param skipped the blocks that are taken out, in graph order
   */
  public Cut(SymMap map, Layout.Widths widths, int[] @Nullable [] orders, List<Block> skipped) {
    this(map, widths, orders, skipped, new SimilarSlices());
  }

  /**
   * As above.
   *
   * @param similar knows where positions lead whose elements go
   */
  public Cut(
      SymMap map,
      Layout.Widths widths,
      int[] @Nullable [] orders,
      List<Block> skipped,
      SimilarSlices similar) {
    this.similar = similar;
    this.map = map;
    this.widths = widths;
    this.orders = orders;
    this.skipped = List.copyOf(skipped);
    for (Block block : skipped) {
      replaced.put(block.output(), source(block.input()));
      block.nodes().forEach(skippedNodes::set);
    }
  }

  /** The solved network. */
  public SymMap map() {
    return map;
  }

  /** How many units of each symbol are kept. */
  public Layout.Widths widths() {
    return widths;
  }

  /** The extent of an axis in the smaller network. */
  public long extent(Layout layout) {
    return layout.extent(widths);
  }

  /** Whether anything of an axis is cut away. */
  public boolean cuts(Layout layout) {
    return layout.isFree() && extent(layout) != layout.extent();
  }

  /** Whether positions have to be counted anew, since something goes before or among them. */
  public boolean recounts(NodeFacts.Positions positions) {
    return positions.places().stream().anyMatch(this::cuts)
        || positions.along().stream().anyMatch(this::cuts);
  }

  /** Whether positions along an axis of a parameter have to be mapped, since elements of it go. */
  public boolean maps(NodeFacts.Indexed indexed) {
    return cuts(indexed.rows());
  }

  /**
   * Where positions along an axis of a parameter lead: for each of the original one among those
   * that stay, its own or that of the most similar element. Not to be changed.
   *
   * @param node the node that picks elements
   * @param indexed that it does, where some of them go
   */
  public int[] map(GraphNode node, NodeFacts.Indexed indexed) {
    Constant table = map.graph().constant(node.inputs().get(indexed.table()));
    int[] stay = kept(indexed.rows());
    return similar.map(Objects.requireNonNull(table), indexed.axis(), Objects.requireNonNull(stay));
  }

  /** The kept indices of an axis, ascending; null where all of it is kept. */
  public int @Nullable [] kept(Layout layout) {
    return cuts(layout) ? kept.computeIfAbsent(layout, axis -> axis.kept(this::units)) : null;
  }

  /**
   * The units of a symbol that are kept, ascending: the first of its order, or the centred run of a
   * window.
   */
  public int[] units(Layout.Symbol symbol) {
    int n = Math.toIntExact(symbol.extent());
    int k = Math.toIntExact(widths.width(symbol));
    int[] order = symbol.window() ? null : orders[symbol.index()];
    int[] units = new int[k];
    if (order == null) {
      int first = symbol.window() ? (n - k) / 2 : 0;
      Arrays.setAll(units, i -> first + i);
    } else {
      System.arraycopy(order, 0, units, 0, k);
      Arrays.sort(units);
    }
    return units;
  }

  /** Whether a node is inside a block that is taken out. */
  public boolean skips(int node) {
    return skippedNodes.get(node);
  }

  /** The tensor that readers of this one read in the smaller network. */
  public int source(int tensor) {
    int source = tensor;
    for (Integer next = replaced.get(source); next != null; next = replaced.get(source)) {
      source = next;
    }
    return source;
  }

  /**
   * The tensors whose readers read another one instead. One that is known by its name, as an output
   * of the network or to a sub-graph, must stay as a copy of that other one.
   */
  public List<Integer> replacedTensors() {
    return skipped.stream().map(Block::output).toList();
  }

  /** What was cut, in terms of the original network. */
  public Manifest manifest() {
    return Manifest.of(this);
  }
}
