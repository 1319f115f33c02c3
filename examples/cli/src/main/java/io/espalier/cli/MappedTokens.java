package io.espalier.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.espalier.core.data.Batch;
import io.espalier.core.data.DataArray;
import io.espalier.core.data.TokenMask;
import io.espalier.onnx.carve.PositionMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What part of the tokens of the data the smaller model reads another row for, since their own
 * went, beside what else is found. Ids that models compute inside are not counted.
 */
final class MappedTokens implements Findings {
  private final Findings others;
  private final List<PositionMap.Read> maps;
  private long tokens;
  private long mapped;

  private MappedTokens(Findings others, List<PositionMap.Read> maps) {
    this.others = others;
    this.maps = maps;
  }

  /** Findings with that part; the same where the model maps nothing. */
  static Findings beside(Findings others, List<PositionMap.Read> maps) {
    return maps.isEmpty() ? others : new MappedTokens(others, maps);
  }

  @Override
  public void add(Batch batch, Map<String, DataArray> original, Map<String, DataArray> small) {
    others.add(batch, original, small);
    TokenMask mask = TokenMask.of(batch);
    for (PositionMap.Read map : maps) {
      DataArray ids = batch.arrays().get(map.positions());
      boolean[] real = ids == null ? new boolean[0] : mask.realElements(ids);
      for (int i = 0; i < real.length; i++) {
        if (real[i] && ids != null) {
          tokens++;
          mapped += map.isMapped((long) ids.number(i)) ? 1 : 0;
        }
      }
    }
  }

  private OptionalDouble part() {
    return tokens == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) mapped / tokens);
  }

  @Override
  public void write(ObjectNode root) {
    others.write(root);
    part().ifPresent(part -> root.put("mapped_tokens", part));
  }

  @Override
  public void write(Table found, Table each) {
    others.write(found, each);
    found.row("tokens mapped to another", Findings.part(part()));
  }
}
