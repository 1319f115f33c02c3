package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Ints;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Patches put back into an image and summed: x [N, C x patch, places], y [N, C, image...], where
 * the elements of a patch are those of {@code block_shape}.
 */
@AutoService(OperatorRule.class)
public final class Col2ImRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Col2Im");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Optional<Ints> image = node.input(1).ints();
    Optional<Ints> block = node.input(2).ints();
    if (image.isEmpty() || block.isEmpty()) {
      t.unsupported(Reasons.fromData("its image_shape or block_shape is"));
      return;
    }
    long patch = Arrays.stream(block.get().values()).reduce(1, (a, b) -> a * b);
    boolean positive =
        Arrays.stream(image.get().values()).allMatch(n -> n > 0)
            && Arrays.stream(block.get().values()).allMatch(n -> n > 0);
    if (x.rank() != 3 || !positive || x.axis(1).extent() % patch != 0) {
      t.unsupported("its channels do not make up patches of its block_shape");
      return;
    }
    List<Axis> parts = t.factor(x.axis(1), x.axis(1).extent() / patch, patch);
    t.freeze(parts.get(1), "it counts the elements of a patch");
    t.freeze(x.axis(2), "it counts the places of patches");
    List<Axis> y = new ArrayList<>(List.of(x.axis(0), parts.get(0)));
    for (long extent : image.get().values()) {
      y.add(Axes.frozen(t, extent, "patches are laid out over it"));
    }
    t.output(0, y);
  }
}
