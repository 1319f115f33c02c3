package io.espalier.modules.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.espalier.modules.Net;
import io.espalier.modules.Solved;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Norms, reductions, pools, and what runs over an axis. */
class NormalisationTest {
  private static Net stem() {
    return new Net().input("x", 1, 3, 8, 8).weight("w", 16, 3, 1, 1).node("Conv", "c", "x, w");
  }

  /** x [2, 7, 4] times a matrix: h [2, 7, a(16)]. */
  private static Net tokens() {
    return new Net().input("x", 2, 7, 4).weight("w", 4, 16).node("MatMul", "h", "x, w");
  }

  @Test
  void batchNormalizationFollowsTheChannels() {
    Solved net = stem().weight("p", 16).node("BatchNormalization", "y", "c, p, p, p, p").solve();

    for (int i = 1; i <= 4; i++) {
      assertEquals("a(16)", net.use("y", i));
    }
    assertEquals("1, a(16), 8, 8", net.tensor("y"));
    assertEquals(List.of(4), net.unmaskable("y"));
  }

  @Test
  void batchNormalizationInTrainingIsRefused() {
    Solved net =
        stem()
            .weight("p", 16)
            .node("BatchNormalization", "y", "c, p, p, p, p", "training_mode", 1)
            .solve();

    assertEquals("1, 16, 8, 8", net.tensor("c"));
    assertEquals(
        "y/BatchNormalization: it is in training mode; export the model for inference",
        net.why("c", 1));
  }

  @Test
  void instanceNormalizationRunsOverSpace() {
    Solved net = stem().weight("p", 16).node("InstanceNormalization", "y", "c, p, p").solve();

    assertEquals("a(16)", net.use("y", 1));
    assertEquals(List.of(), net.normalised("y"));
  }

  @Test
  void groupNormalizationMadeOfInstanceNormalizationRunsOverTheChannelsOfAGroup() {
    Solved net =
        stem()
            .weight("p", 4)
            .ints("groups", 0, 4, -1)
            .ints("image", 1, 16, 8, 8)
            .node("Reshape", "r", "c, groups")
            .node("InstanceNormalization", "n", "r, p, p")
            .node("Reshape", "y", "n, image")
            .solve();

    assertEquals("1, a(4), b(4) x 8 x 8", net.tensor("n"));
    assertEquals("1, a(4) x b(4), 8, 8", net.tensor("y"));
    assertEquals("a(4)", net.use("n", 1));
    assertEquals(List.of("0.2"), net.normalised("n"));
    assertEquals("1[1]=4->2", net.targets("r"));
    assertEquals("1[0]=1 1[1]=16->4 1[2]=8 1[3]=8", net.targets("y"));
  }

  @Test
  void groupNormalizationKeepsWholeGroups() {
    Solved net =
        stem()
            .opset(18)
            .weight("p", 4)
            .node("GroupNormalization", "y", "c, p, p", "num_groups", 4)
            .opset(21)
            .weight("q", 16)
            .node("GroupNormalization", "z", "y, q, q", "num_groups", 4)
            .solve();

    assertEquals("1, a(4) x 4, 8, 8", net.tensor("z"));
    assertEquals("a(4)", net.use("y", 1));
    assertEquals("a(4) x 4", net.use("z", 2));
    assertEquals("num_groups=4->2", net.targets("y"));
  }

  @Test
  void layerNormalizationMayShrink() {
    Solved net = tokens().weight("p", 16).node("LayerNormalization", "y, mean", "h, p, p").solve();

    assertEquals("2, 7, a(16)", net.tensor("y"));
    assertEquals("2, 7, 1", net.tensor("mean"));
    assertEquals("a(16)", net.use("y", 2));
    assertEquals(List.of("0.2"), net.normalised("y"));
  }

  @Test
  void decomposedLayerNormalizationMayShrinkToo() {
    Solved net =
        tokens()
            .reals("two", 2)
            .reals("eps", 1e-5)
            .weight("gamma", 16)
            .weight("beta", 16)
            .node("ReduceMean", "m", "h", "axes", new long[] {-1})
            .node("Sub", "d", "h, m")
            .node("Pow", "q", "d, two")
            .node("ReduceMean", "v", "q", "axes", new long[] {-1})
            .node("Add", "ve", "v, eps")
            .node("Sqrt", "s", "ve")
            .node("Div", "n", "d, s")
            .node("Mul", "g", "n, gamma")
            .node("Add", "y", "g, beta")
            .solve();

    assertEquals("2, 7, a(16)", net.tensor("y"));
    assertEquals("a(16)", net.use("g", 1));
    assertEquals("a(16)", net.use("y", 1));
    assertEquals(List.of("0.2"), net.normalised("m"));
    assertEquals(List.of("0.2"), net.normalised("v"));
    assertEquals(List.of(1), net.unmaskable("n"));
  }

  @Test
  void reductionsTakeAxesFromAttributeOrInput() {
    Solved net =
        tokens()
            .ints("last", -1)
            .ints("none")
            .node("ReduceMax", "a", "h", "axes", new long[] {1}, "keepdims", 0)
            .node("ReduceSum", "b", "h, last")
            .node("ReduceL2", "c", "h", "keepdims", 0)
            .node("ReduceSum", "d", "h, none", "noop_with_empty_axes", 1)
            .solve();

    assertEquals("2, a(16)", net.tensor("a"));
    assertEquals("2, 7, 1", net.tensor("b"));
    assertEquals("", net.tensor("c"));
    assertEquals("2, 7, a(16)", net.tensor("d"));
    assertEquals(List.of(), net.normalised("a"));
    assertEquals(List.of("0.2"), net.normalised("b"));
    assertEquals(List.of("0.2"), net.normalised("c"));
  }

  @Test
  void otherNormsOverTheChannels() {
    Solved net =
        stem()
            .node("LpNormalization", "y", "c", "axis", 1)
            .node("MeanVarianceNormalization", "z", "y", "axes", new long[] {1})
            .solve();

    assertEquals("1, a(16), 8, 8", net.tensor("z"));
    assertEquals(List.of("0.1"), net.normalised("y"));
    assertEquals(List.of("0.1"), net.normalised("z"));

    Solved lrn = stem().node("LRN", "y", "c", "size", 5).solve();
    assertEquals("y/LRN: LRN sums over neighbouring channels", lrn.why("y", 1));
  }

  @Test
  void softmaxFreezesWhatItRunsOver() {
    Solved net = tokens().node("Softmax", "y", "h").solve();
    assertEquals("y/Softmax: Softmax runs over it", net.why("h", 1, 1));

    Solved other = tokens().node("LogSoftmax", "y", "h", "axis", 1).solve();
    assertEquals("2, 7, a(16)", other.tensor("y"));

    Solved old = tokens().opset(12).node("Softmax", "y", "h", "axis", 1).solve();
    assertEquals("2, 7, 16", old.tensor("y"));
  }

  @Test
  void whatCountsAlongAnAxisFreezesIt() {
    Solved arg = tokens().node("ArgMax", "y", "h", "axis", -1, "keepdims", 0).solve();
    assertEquals("2, 7", arg.tensor("y"));
    assertEquals("y/ArgMax: ArgMax counts along it", arg.why("h", 2));

    Solved top = tokens().ints("k", 5).node("TopK", "y, places", "h, k").solve();
    assertEquals("2, 7, 5", top.tensor("places"));
    assertEquals("y/TopK: TopK orders the elements along it", top.why("h", 2));

    Solved sum = tokens().scalar("axis", -1).node("CumSum", "y", "h, axis").solve();
    assertEquals("y/CumSum: CumSum runs along it", sum.why("h", 2));

    Solved triangle = tokens().node("Trilu", "y", "h").solve();
    assertEquals("y/Trilu: a triangle is taken of it", triangle.why("h", 2));
  }

  @Test
  void poolsKeepTheirChannels() {
    Solved net =
        stem()
            .node(
                "MaxPool",
                "p",
                "c",
                "kernel_shape",
                new long[] {3, 2},
                "strides",
                new long[] {2, 2},
                "ceil_mode",
                1)
            .node(
                "AveragePool",
                "q",
                "p",
                "kernel_shape",
                new long[] {2, 2},
                "auto_pad",
                "SAME_LOWER")
            .node("GlobalMaxPool", "g", "q")
            .solve();

    assertEquals("1, a(16), 4, 4", net.tensor("p"));
    assertEquals("1, a(16), 4, 4", net.tensor("q"));
    assertEquals("1, a(16), 1, 1", net.tensor("g"));
    assertEquals("x/: graph input 'x' fixes it", net.why("c", 2));
  }

  @Test
  void windowsThatWouldStartInThePaddingAreLeftOut() {
    Solved net =
        stem()
            .node(
                "MaxPool",
                "p",
                "c",
                "kernel_shape",
                new long[] {1, 2},
                "strides",
                new long[] {3, 3},
                "pads",
                new long[] {0, 1, 0, 1},
                "ceil_mode",
                1)
            .solve();

    assertEquals("1, a(16), 3, 3", net.tensor("p"));
  }

  @Test
  void placesOfMaximaFreezeTheChannels() {
    Solved net = stem().node("MaxPool", "p, i", "c", "kernel_shape", new long[] {2, 2}).solve();

    assertEquals("1, 16, 7, 7", net.tensor("i"));
    assertEquals(
        "p/MaxPool: the indices that the pool returns count its elements", net.why("c", 1));
  }
}
