package io.espalier.core.importance;

import io.espalier.trace.Constant;
import io.espalier.trace.GraphNode;
import io.espalier.trace.Layout;
import io.espalier.trace.Layout.Symbol;
import io.espalier.trace.NodeFacts;
import io.espalier.trace.SymMap;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * By how much norms scale each unit. A norm here is a node that only scales and shifts, by stored
 * statistics and by parameters.
 */
final class NormScales {
  /** By what norms scale, segment by segment. */
  private final Map<Layout, Mean> segments = new HashMap<>();

  NormScales(SymMap map) {
    for (GraphNode node : map.graph().nodes()) {
      NodeFacts facts = map.facts(node.index());
      NodeFacts.Affine affine = facts.affine();
      if (affine != null && affine.inputs().size() == 1 && !facts.statistics().isEmpty()) {
        for (int i = 0; i < node.inputs().size(); i++) {
          if (i != affine.shift()
              && !affine.inputs().contains(i)
              && !facts.statistics().contains(i)) {
            add(map, node, i);
          }
        }
      }
    }
  }

  private void add(SymMap map, GraphNode node, int input) {
    int tensor = node.inputs().get(input);
    List<Layout> layouts = map.input(node.index(), input);
    Constant constant = tensor < 0 ? null : map.graph().rowMajorConstant(tensor);
    if (constant == null || layouts == null || layouts.size() != 1) {
      return;
    }
    FloatBuffer scales = constant.floats();
    int[] offset = {0};
    Layout.forEachSegment(
        layouts.get(0),
        segment -> {
          Mean mean =
              segments.computeIfAbsent(segment, key -> new Mean(Math.toIntExact(key.extent())));
          mean.add(scales, offset[0]);
          offset[0] += mean.length();
        });
  }

  /** The scale of each index along an axis; empty where some units have none. */
  Optional<double[]> of(Layout axis) {
    double[] scales = new double[Math.toIntExact(axis.extent())];
    List<Layout> without = new ArrayList<>();
    int[] offset = {0};
    Layout.forEachSegment(
        axis,
        segment -> {
          if (segment.isFree() && !fill(segment, scales, offset[0])) {
            without.add(segment);
          }
          offset[0] += Math.toIntExact(segment.extent());
        });
    return without.isEmpty() ? Optional.of(scales) : Optional.empty();
  }

  /** Whether norms scale a segment as a whole, or the units that it is made of. */
  private boolean fill(Layout segment, double[] scales, int from) {
    Mean whole = segments.get(segment);
    if (whole != null) {
      for (int i = 0; i < whole.length(); i++) {
        scales[from + i] = whole.at(i);
      }
      return true;
    }
    Set<Symbol> symbols = new LinkedHashSet<>();
    Layout.forEachSymbol(segment, symbols::add);
    BitSet without = new BitSet();
    BitSet known = new BitSet();
    for (Symbol symbol : symbols) {
      int[] unitOf = Layout.unitOf(segment, symbol).orElse(null);
      if (unitOf == null) {
        return false;
      }
      Mean units = segments.get(symbol);
      for (int i = 0; i < unitOf.length; i++) {
        if (unitOf[i] < 0) {
          continue;
        }
        if (units == null) {
          without.set(i);
        } else {
          scales[from + i] = units.at(unitOf[i]);
          known.set(i);
        }
      }
    }
    without.andNot(known);
    return without.isEmpty();
  }

  /** A mean of absolute numbers, one for each element. */
  private static final class Mean {
    private final double[] sums;
    private int count;

    Mean(int length) {
      sums = new double[length];
    }

    void add(FloatBuffer values, int from) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += Math.abs(values.get(from + i));
      }
      count++;
    }

    int length() {
      return sums.length;
    }

    double at(int index) {
      return sums[index] / count;
    }
  }
}
