package io.espalier.core.checks;

import io.espalier.core.space.Dial;
import io.espalier.core.space.HparamSpec;
import io.espalier.core.values.Block;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SpaceChecksTest {
  private static final Convolutions NETWORK = Convolutions.of(6);
  private static final SymMap MAP = NETWORK.map();
  private static final Restricted VALID = Restricted.of(NETWORK.space(MAP));
  private static final Dial WIDTH = first(Dial.Kind.WIDTH);
  private static final Dial CROP = first(Dial.Kind.CROP);

  private static Dial first(Dial.Kind kind) {
    return VALID.dials().stream().filter(dial -> dial.kind() == kind).findFirst().orElseThrow();
  }

  private static Restricted dials(List<Dial> dials) {
    return new Restricted(VALID.symbols(), dials, VALID.hparams(), VALID.ruled());
  }

  private static Restricted hparams(List<HparamSpec> hparams) {
    return new Restricted(VALID.symbols(), VALID.dials(), hparams, VALID.ruled());
  }

  private static Dial dial(Dial like, int index, List<int[]> settings) {
    return new Dial(index, like.kind(), like.name(), like.symbols(), settings, List.of());
  }

  /** A dial in the place of another that has other settings. */
  private static Restricted settings(Dial like, int[]... settings) {
    Dial other = dial(like, like.index(), List.of(settings));
    return dials(Broken.with(VALID.dials(), like.index(), other));
  }

  private static Restricted more(Dial dial) {
    List<Dial> dials = new ArrayList<>(VALID.dials());
    dials.add(dial);
    return dials(dials);
  }

  private static Restricted depth(Block last, int... settings) {
    List<int[]> depths = new ArrayList<>();
    for (int setting : settings) {
      depths.add(new int[] {setting});
    }
    Block goes = new Block("blocks.0", List.of(0), 0, 1);
    int index = VALID.dials().size();
    return more(new Dial(index, Dial.Kind.DEPTH, "depth", List.of(), depths, List.of(goes, last)));
  }

  private static HparamSpec spec(String name, Dial dial, List<Layout> layouts) {
    return new HparamSpec(name, "key", dial.kind(), layouts, dial, 0);
  }

  private static Restricted more(HparamSpec hparam) {
    List<HparamSpec> hparams = new ArrayList<>(VALID.hparams());
    hparams.add(hparam);
    return hparams(hparams);
  }

  @Test
  void everyCheckFindsWhatBreaksIt() {
    SymMap other = NETWORK.map();
    int next = VALID.dials().size();
    List<Layout.Symbol> foreign =
        WIDTH.symbols().stream().map(symbol -> other.symbols().get(symbol.index())).toList();
    Dial strange = new Dial(next, WIDTH.kind(), WIDTH.name(), foreign, WIDTH.settings(), List.of());
    new Broken<Restricted>()
        .by("a dial is the number it stands at", more(dial(WIDTH, 0, WIDTH.settings())))
        .by(
            "the last choice is the original",
            settings(WIDTH),
            settings(WIDTH, new int[] {1}, new int[] {5}),
            settings(CROP, new int[] {1, 1}),
            depth(Block.kept("blocks.1"), 1))
        .by(
            "choices ascend and are in range",
            settings(WIDTH, new int[] {0}, new int[] {6}),
            settings(WIDTH, new int[] {7}, new int[] {6}),
            settings(WIDTH, new int[] {3}, new int[] {2}, new int[] {6}),
            settings(WIDTH, new int[] {6}, new int[] {6}),
            settings(WIDTH, new int[] {2, 2}, new int[] {6}),
            settings(CROP, new int[] {2, 3}, new int[] {3, 3}))
        .by(
            "a width is turned by one dial",
            more(dial(WIDTH, next, WIDTH.settings())),
            more(dial(WIDTH, next, List.of(new int[] {6}))),
            more(strange))
        .by(
            "what rules freeze has no choice",
            new Restricted(
                VALID.symbols(), VALID.dials(), VALID.hparams(), Set.copyOf(WIDTH.symbols())))
        .by("only blocks that can go are left out", depth(Block.kept("blocks.1"), 1, 2))
        .by("every hparam has a name of its own", more(VALID.hparams().get(0)))
        .by(
            "a dial turns the hparam it is named after",
            depth(new Block("blocks.1", List.of(1), 1, 2), 0, 1, 2),
            more(spec("other", dial(WIDTH, WIDTH.index(), List.of(new int[] {6})), List.of())),
            more(spec("other", WIDTH, List.of(CROP.symbols().get(0)))),
            hparams(VALID.hparams().subList(1, VALID.hparams().size())))
        .areCaught(SpaceChecks.ALL, VALID);
  }

  @Test
  void aWidthThatIsWholeForTwoIsNoFault() {
    Dial whole = dial(WIDTH, WIDTH.index(), List.of(new int[] {6}));
    Dial again = dial(WIDTH, VALID.dials().size(), List.of(new int[] {6}));
    List<Dial> dials = Broken.with(VALID.dials(), WIDTH.index(), whole);
    dials.add(again);
    Restricted both = dials(dials);
    new Checks<>(SpaceChecks.ALL.all().subList(0, 6))
        .run("search space", both, Convolutions.REGISTRY);
  }
}
