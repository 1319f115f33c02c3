package io.espalier.core;

import io.espalier.trace.Constant;
import io.espalier.trace.Graph;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import io.espalier.trace.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parameters and multiply-accumulate operations as functions of widths. */
final class Costs {
  private final List<Term> params;
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

  /**
   * Slices of one tensor that come out equal.
   *
   * @param tensor the tensor
   * @param layouts how each axis is made up, written out
   */
  private record Key(int tensor, List<String> layouts) {}

  Costs(SymMap map) {
    this.params = params(map);
    this.macs = new ArrayList<>();
    for (GraphNode node : map.graph().nodes()) {
      for (List<Layout> product : map.facts(node.index()).macs()) {
        macs.add(new Term(product, List.of(node.index())));
      }
    }
  }

  /**
   * One term for each tensor of parameters that meets data; one that several nodes slice alike
   * counts once.
   */
  private static List<Term> params(SymMap map) {
    Graph graph = map.graph();
    Map<Key, List<Integer>> found = new LinkedHashMap<>();
    Map<Key, List<Layout>> factors = new LinkedHashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (isParameter(graph, node)) {
        continue;
      }
      NodeFacts facts = map.facts(node.index());
      for (int i = 0; i < node.inputs().size(); i++) {
        int input = node.inputs().get(i);
        List<Layout> layouts = input < 0 ? null : map.input(node.index(), i);
        if (layouts != null
            && !layouts.isEmpty()
            && !facts.statistics().contains(i)
            && isWeight(graph, map, node, input)) {
          Key same = new Key(graph.root(input), layouts.stream().map(Layout::toString).toList());
          factors.putIfAbsent(same, layouts);
          found.computeIfAbsent(same, key -> new ArrayList<>()).add(node.index());
        }
      }
    }
    List<Term> terms = new ArrayList<>();
    factors.forEach(
        (key, layouts) -> terms.add(new Term(layouts, found.getOrDefault(key, List.of()))));
    terms.addAll(inside(graph));
    return terms;
  }

  private static boolean isParameter(Graph graph, GraphNode node) {
    return node.outputs().stream()
        .allMatch(output -> output < 0 || graph.tensor(output).parameter());
  }

  /**
   * Integers are weights if they have 8 bits, or are multiplied here; others are indices and sizes.
   */
  private static boolean isWeight(Graph graph, SymMap map, GraphNode node, int input) {
    Tensor tensor = graph.tensor(input);
    Constant constant = graph.constant(input);
    if (!tensor.parameter()) {
      return false;
    }
    return constant == null
        ? map.ints(input).isEmpty()
        : !constant.integer()
            || constant.narrow()
            || !map.facts(node.index()).macs().isEmpty()
            || map.uncounted().contains(node.index());
  }

  /** What stands inside nodes: in their sub-graphs, and what these read from around them. */
  private static List<Term> inside(Graph graph) {
    List<Term> terms = new ArrayList<>();
    Map<Integer, List<Integer>> readers = new LinkedHashMap<>();
    Map<Integer, Long> sizes = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (isParameter(graph, node)) {
        continue;
      }
      long held = graph.inner(node.index()).parameters();
      if (held > 0) {
        terms.add(new Term(held, List.of(), List.of(node.index())));
      }
      for (int captured : node.captured()) {
        Constant constant = graph.constant(captured);
        if (constant != null
            && constant.dims().length > 0
            && (!constant.integer() || constant.narrow())) {
          sizes.put(graph.root(captured), constant.size());
          readers.computeIfAbsent(graph.root(captured), id -> new ArrayList<>()).add(node.index());
        }
      }
    }
    readers.forEach(
        (id, nodes) -> terms.add(new Term(sizes.getOrDefault(id, 0L), List.of(), nodes)));
    return terms;
  }

  long params(Layout.Widths widths, List<Block> skipped) {
    return sum(params, widths, skipped);
  }

  long macs(Layout.Widths widths, List<Block> skipped) {
    return sum(macs, widths, skipped);
  }

  private static long sum(List<Term> terms, Layout.Widths widths, List<Block> skipped) {
    BitSet gone = new BitSet();
    skipped.forEach(block -> block.nodes().forEach(gone::set));
    long sum = 0;
    for (Term term : terms) {
      if (!gone.isEmpty() && term.nodes().stream().allMatch(gone::get)) {
        continue;
      }
      long product = term.number();
      for (Layout factor : term.factors()) {
        product = Math.multiplyExact(product, atBatchOne(factor, widths));
      }
      sum = Math.addExact(sum, product);
    }
    return sum;
  }

  /** The extent of an axis when one example is fed. */
  private static long atBatchOne(Layout layout, Layout.Widths widths) {
    if (layout instanceof Layout.Fixed fixed) {
      return fixed.batch() ? 1 : fixed.extent();
    }
    if (layout instanceof Layout.Product product) {
      long extent = 1;
      for (Layout factor : product.factors()) {
        extent = Math.multiplyExact(extent, atBatchOne(factor, widths));
      }
      return extent;
    }
    return layout.extent(widths);
  }
}
