package io.espalier.core.structure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.spi.Attributes;
import io.espalier.spi.OpId;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostDominatorsTest {
  private static final int NODES = 40;

  /** Compared with the definition: a way to the end that avoids the other node. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyWayLeadsThroughAPostDominator(long seed) {
    Graph graph = graph(new Random(seed));
    PostDominators after = new PostDominators(graph);
    for (int node = 0; node < NODES; node++) {
      for (int other = 0; other < NODES; other++) {
        boolean expected = node != other && !reachesTheEnd(graph, node, other);
        assertEquals(expected, after.leadsThrough(node, other), node + " through " + other);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void theFirstNodeInCommon(long seed) {
    Graph graph = graph(new Random(seed));
    PostDominators after = new PostDominators(graph);
    for (int a = 0; a < NODES; a++) {
      for (int b = 0; b < NODES; b++) {
        int expected = after.end();
        for (int node = NODES - 1; node >= 0; node--) {
          boolean ofA = node == a || after.leadsThrough(a, node);
          boolean ofB = node == b || after.leadsThrough(b, node);
          expected = ofA && ofB ? node : expected;
        }
        assertEquals(expected, after.common(a, b), a + " and " + b);
      }
    }
  }

  private static boolean reachesTheEnd(Graph graph, int node, int avoided) {
    int output = graph.nodes().get(node).outputs().get(0);
    return graph.outputs().contains(output)
        || graph.consumers(output).isEmpty()
        || graph.consumers(output).stream()
            .anyMatch(next -> next != avoided && reachesTheEnd(graph, next, avoided));
  }

  /** Each node reads one or two of the six before it; the last is an output, and one of ten. */
  private static Graph graph(Random random) {
    Graph.Builder builder = Graph.builder();
    builder.input("x", List.of(Dim.of(1)));
    List<String> names = new ArrayList<>(List.of("x"));
    for (int i = 0; i < NODES; i++) {
      List<String> read = new ArrayList<>();
      for (int j = 0; j <= random.nextInt(2); j++) {
        read.add(names.get(names.size() - 1 - random.nextInt(Math.min(6, names.size()))));
      }
      String name = "n" + i;
      builder.node(OpId.of("Add"), 17, name, read, List.of(name), List.of(), new None(), Map.of());
      names.add(name);
      if (i == NODES - 1 || random.nextInt(10) == 0) {
        builder.output(name);
      }
    }
    return builder.build();
  }

  private record None() implements Attributes {
    @Override
    public Set<String> names() {
      return Set.of();
    }

    @Override
    public long number(String name, long otherwise) {
      return otherwise;
    }

    @Override
    public double real(String name, double otherwise) {
      return otherwise;
    }

    @Override
    public String text(String name, String otherwise) {
      return otherwise;
    }

    @Override
    public Optional<long[]> numbers(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<double[]> reals(String name) {
      return Optional.empty();
    }

    @Override
    public Optional<String[]> texts(String name) {
      return Optional.empty();
    }
  }
}
