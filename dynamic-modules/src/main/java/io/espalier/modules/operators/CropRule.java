package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Spatial borders cut off, as an early operator set had it: x [N, C, H, W]. */
@AutoService(OperatorRule.class)
public final class CropRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Crop");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    long[] border = node.attributes().numbers("border").orElse(new long[0]);
    long[] scale = node.attributes().numbers("scale").orElse(new long[0]);
    if (x.rank() != 4 || border.length != 4 || (scale.length != 0 && scale.length != 2)) {
      t.unsupported("its border must be left, top, right, bottom of an image");
      return;
    }
    List<Axis> y = new ArrayList<>(x.axes());
    for (int i = 0; i < 2; i++) {
      Axis axis = x.axis(2 + i);
      long extent = scale.length == 2 ? scale[i] : axis.extent() - border[1 - i] - border[3 - i];
      if (extent < 1) {
        t.unsupported("nothing is left of its input");
        return;
      }
      t.freeze(axis, "an image is cropped here");
      y.set(2 + i, Axes.frozen(t, extent, "an image is cropped here"));
    }
    t.output(0, y);
  }
}
