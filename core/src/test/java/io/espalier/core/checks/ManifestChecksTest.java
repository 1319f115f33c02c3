package io.espalier.core.checks;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.espalier.core.values.Block;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Manifest;
import io.espalier.core.values.Manifest.CutNormalised;
import io.espalier.core.values.Manifest.CutParameter;
import io.espalier.core.values.Manifest.Mapped;
import io.espalier.core.values.Manifest.Skipped;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManifestChecksTest {
  private static final SymMap MAP = Convolutions.of(6).map();
  private static final Cut CUT = Convolutions.cut(MAP, 4);
  private static final Listed VALID = new Listed(CUT, CUT.manifest());
  private static final CutParameter EDGE = VALID.manifest().parameters().get(0);
  private static final List<Integer> KEPT = List.of(0, 1, 2, 3);

  private static Listed edges(Cut cut, List<CutParameter> edges) {
    return new Listed(cut, new Manifest(edges, List.of(), List.of()));
  }

  /** The first edge with other values. */
  private static Listed edge(CutParameter other) {
    return edges(CUT, Broken.with(VALID.manifest().parameters(), 0, other));
  }

  private static Listed edge(String node, String output, int input) {
    return edge(
        new CutParameter(
            node, output, input, EDGE.initializer(), EDGE.shape(), EDGE.keep(), EDGE.mask()));
  }

  private static Listed keep(Map<Integer, List<Integer>> keep) {
    return edge(
        new CutParameter(
            EDGE.node(),
            EDGE.output(),
            EDGE.input(),
            EDGE.initializer(),
            EDGE.shape(),
            keep,
            EDGE.mask()));
  }

  private static Listed carrying(String initializer, List<Long> shape) {
    return edge(
        new CutParameter(
            EDGE.node(), EDGE.output(), EDGE.input(), initializer, shape, EDGE.keep(), true));
  }

  private static Listed norm(int input, int axis, List<Integer> keep) {
    return norms(List.of(new CutNormalised("first", "b", input, axis, keep)));
  }

  private static Listed norms(List<CutNormalised> norms) {
    return new Listed(CUT, new Manifest(VALID.manifest().parameters(), List.of(), norms));
  }

  /** Positions that are none. */
  private static Listed mapped(String output, int input) {
    Mapped nothing = new Mapped(output, input, 1, 0, List.of(0, 1, 2, 3, 0, 0));
    List<CutParameter> edges = VALID.manifest().parameters();
    return new Listed(
        CUT, new Manifest(edges, List.of(), List.of(), List.of(nothing), List.of(), List.of()));
  }

  private static Listed twice() {
    List<CutParameter> edges = new ArrayList<>(VALID.manifest().parameters());
    edges.add(EDGE);
    return edges(CUT, edges);
  }

  private static Listed skipped(Cut cut, String from, String by) {
    List<CutParameter> edges = cut.manifest().parameters();
    return new Listed(cut, new Manifest(edges, List.of(new Skipped(from, by)), List.of()));
  }

  /** A weight of integers that is to be masked. */
  private static Listed masked() {
    Cut cut = Convolutions.cut(new Convolutions(6, 6, true).map(), 4);
    assertFalse(cut.manifest().parameters().get(0).mask());
    return edges(cut, Broken.with(cut.manifest().parameters(), 0, EDGE));
  }

  /** The network without its second layer. */
  private static Cut shallow() {
    int from = MAP.graph().nodes().get(1).outputs().get(0);
    int by = MAP.graph().nodes().get(1).inputs().get(0);
    return new Cut(
        MAP,
        Layout.Symbol::extent,
        new int[MAP.symbols().size()][],
        List.of(new Block("first", List.of(1), by, from)));
  }

  @Test
  void everyCheckFindsWhatBreaksIt() {
    assertTrue(EDGE.node().equals("conv1") && EDGE.output().equals("a") && EDGE.mask());
    Cut shallow = shallow();
    new Broken<Listed>()
        .by(
            "an edge is one of the network's",
            edge("conv1", "nothing", 1),
            edge("conv1", "x", 1),
            edge("conv2", "a", 1),
            edge("conv1", "a", 3),
            edge("conv1", "a", -1),
            edges(shallow, VALID.manifest().parameters()),
            norms(List.of(new CutNormalised("conv1", "b", 0, 1, KEPT))))
        .by(
            "an edge carries the parameter it names",
            carrying("w2", EDGE.shape()),
            edge("conv1", "a", 0))
        .by("an edge has the shape it names", carrying("w1", List.of(4L, 3L, 3L, 3L)))
        .by(
            "what is kept is a part of an axis, ascending",
            keep(Map.of()),
            keep(Map.of(4, KEPT)),
            keep(Map.of(-1, KEPT)),
            keep(Map.of(0, List.of())),
            keep(Map.of(0, List.of(0, 1, 2))),
            keep(Map.of(0, List.of(0, 1, 2, 2))),
            keep(Map.of(0, List.of(1, 0, 2, 3))),
            keep(Map.of(0, List.of(-1, 0, 1, 2))),
            keep(Map.of(0, List.of(0, 1, 2, 6))),
            keep(Map.of(1, List.of(0, 1, 2))),
            norm(0, 4, KEPT),
            norm(0, 1, List.of(0, 1, 2, 3, 4, 5)))
        .by(
            "an axis of an edge is listed once",
            twice(),
            norms(
                List.of(
                    new CutNormalised("first", "b", 0, 1, KEPT),
                    new CutNormalised("first", "b", 0, 1, KEPT))))
        .by("only what can be multiplied is masked", masked())
        .by(
            "a position leads to what stays, its own if that does",
            mapped("a", 0),
            mapped("nothing", 0))
        .by(
            "what reads a block that goes reads what stays",
            skipped(CUT, "b", "a"),
            skipped(shallow, "nothing", "a"),
            skipped(shallow, "b", "nothing"),
            skipped(shallow, "b", "b"))
        .areCaught(ManifestChecks.ALL, VALID);
  }

  @Test
  void whatMayStandInAManifestIsNoFault() {
    for (Listed valid :
        List.of(
            norm(0, 1, KEPT),
            skipped(shallow(), "b", "a"),
            keep(Map.of(0, List.of(1, 2, 4, 5))),
            edges(CUT, List.of()))) {
      ManifestChecks.ALL.run("manifest", valid, Convolutions.REGISTRY);
    }
    Cut integers = Convolutions.cut(new Convolutions(6, 6, true).map(), 4);
    ManifestChecks.check(integers, integers.manifest(), Convolutions.REGISTRY);
    ManifestChecks.check(shallow(), shallow().manifest(), Convolutions.REGISTRY);
  }
}
