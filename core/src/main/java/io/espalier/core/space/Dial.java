package io.espalier.core.space;

import io.espalier.core.values.Block;
import io.espalier.trace.Layout;
import java.util.List;

/**
 * One free choice of a search space. Several hparams may show it under names of their own.
 *
 * @param index its position among the space's dials, in graph order
 * @param kind what it turns
 * @param name the first hparam that shows it
 * @param symbols the symbols it sets; none for a depth
 * @param settings what each position sets: units of each symbol, or the number of blocks;
 *     ascending, the original last
 * @param blocks for a depth, the blocks in order
 */
public record Dial(
    int index,
    Kind kind,
    String name,
    List<Layout.Symbol> symbols,
    List<int[]> settings,
    List<Block> blocks) {
  public enum Kind {
    WIDTH,
    CROP,
    DEPTH
  }

  public Dial {
    symbols = List.copyOf(symbols);
    settings = List.copyOf(settings);
    blocks = List.copyOf(blocks);
  }

  /** The position that leaves the network as it is. */
  int original() {
    return settings.size() - 1;
  }
}
