package io.espalier.core.cost;

import io.espalier.core.space.Space;
import io.espalier.core.values.Saturated;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Parameters and multiply-accumulate operations as functions of widths. */
public final class Costs {
  private final WrittenParams params;
  private final List<Term> inside;
  private final List<Term> macs;

  /**
   * A product of extents that counts as long as one of its nodes is there.
   *
   * @param number what is multiplied with them
   * @param factors the extents
   * @param nodes the nodes that the cost is for
   */
  private record Term(long number, List<Layout> factors, List<Integer> nodes) {
    Term(List<Layout> factors, List<Integer> nodes) {
      this(1, factors, nodes);
    }
  }

  public Costs(SymMap map) {
    this.params = new WrittenParams(map);
    this.inside = inside(map.graph());
    this.macs = new ArrayList<>();
    for (GraphNode node : map.graph().nodes()) {
      for (List<Layout> product : map.facts(node.index()).macs()) {
        macs.add(new Term(product, List.of(node.index())));
      }
    }
  }

  /** What stands inside nodes on data: among their attributes, and in their sub-graphs. */
  private static List<Term> inside(Graph graph) {
    List<Term> terms = new ArrayList<>();
    for (GraphNode node : graph.nodes()) {
      long held = graph.inner(node.index()).parameters();
      boolean parameter =
          node.outputs().stream().allMatch(out -> out < 0 || graph.tensor(out).parameter());
      if (held > 0 && !parameter) {
        terms.add(new Term(held, List.of(), List.of(node.index())));
      }
    }
    return terms;
  }

  /** Weights and biases at a setting; running statistics are not counted. */
  public long params(Space space, int[] setting) {
    Layout.Widths widths = space.widths(setting);
    BitSet gone = gone(space, setting);
    return Saturated.plus(params.count(widths, gone), sum(inside, widths, gone));
  }

  /** Multiply-accumulate operations at a setting, at batch 1; 2^63 - 1 where there are more. */
  public long macs(Space space, int[] setting) {
    return sum(macs, space.widths(setting), gone(space, setting));
  }

  private static BitSet gone(Space space, int[] setting) {
    BitSet gone = new BitSet();
    space.skipped(setting).forEach(block -> block.nodes().forEach(gone::set));
    return gone;
  }

  private static long sum(List<Term> terms, Layout.Widths widths, BitSet gone) {
    long sum = 0;
    for (Term term : terms) {
      if (!gone.isEmpty() && term.nodes().stream().allMatch(gone::get)) {
        continue;
      }
      long product = term.number();
      for (Layout factor : term.factors()) {
        product = Saturated.times(product, atBatchOne(factor, widths));
      }
      sum = Saturated.plus(sum, product);
    }
    return sum;
  }

  /** The extent of an axis when one example is fed. */
  static long atBatchOne(Layout layout, Layout.Widths widths) {
    if (layout instanceof Layout.Fixed fixed) {
      return fixed.batch() ? 1 : fixed.extent();
    }
    if (layout instanceof Layout.Product product) {
      long extent = 1;
      for (Layout factor : product.factors()) {
        extent = Saturated.times(extent, atBatchOne(factor, widths));
      }
      return extent;
    }
    return layout.extent(widths);
  }
}
