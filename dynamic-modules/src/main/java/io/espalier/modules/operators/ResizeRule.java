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
 * Interpolation: an axis whose size does not change carries over, any other is frozen. Sizes follow
 * the axes that carry over.
 */
@AutoService(OperatorRule.class)
public final class ResizeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("Resize", "Upsample");
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    for (int i = 1; i < node.inputs().size(); i++) {
      t.statistic(i);
    }
    Optional<long[]> axes = node.attributes().numbers("axes");
    int count = axes.map(given -> given.length).orElse(x.rank());
    Optional<Ints> sizes = node.input(3).ints().filter(given -> given.size() == count);
    Optional<double[]> scales = scales(node).filter(given -> given.length == count);
    if (sizes.isEmpty() && scales.isEmpty()) {
      t.unsupported(Reasons.fromData("its sizes or scales are"));
      return;
    }
    if (node.attributes().text("coordinate_transformation_mode", "").equals("tf_crop_and_resize")
        || !node.attributes().text("keep_aspect_ratio_policy", "stretch").equals("stretch")) {
      t.unsupported("it crops, or keeps the ratio of sizes");
      return;
    }
    for (int i = 1; i < node.inputs().size(); i++) {
      Axes.freezeFrom(0, node.input(i).axes(), t, "it lists the axes that are resized");
    }
    List<Axis> y = new ArrayList<>(x.axes());
    for (int i = 0; i < count; i++) {
      int axis = axes.isPresent() ? (int) axes.get()[i] : i;
      axis = axis < 0 ? axis + x.rank() : axis;
      if (!Axes.inside(axis, x.rank())) {
        t.unsupported("its axis " + axis + " is not one of its input");
        return;
      }
      long n = x.axis(axis).extent();
      double scale = sizes.isPresent() ? 0 : scales.get()[i];
      long extent = sizes.isPresent() ? sizes.get().value(i) : (long) ((float) scale * (float) n);
      boolean same = sizes.isPresent() ? extent == n : scale == 1;
      if (extent < 1) {
        t.unsupported("nothing is left of its input");
        return;
      }
      if (!same) {
        t.freeze(x.axis(axis), "it is interpolated to another size");
        y.set(axis, Axes.frozen(t, extent, "it is interpolated to another size"));
      } else if (sizes.isPresent()) {
        t.element(3, i, t.extentOf(x.axis(axis)));
      }
    }
    t.output(0, y);
  }

  /** The scales of every convention: attributes, second input, third input. */
  private static Optional<double[]> scales(Node node) {
    int input = node.op().name().equals("Resize") && node.opset() >= 11 ? 2 : 1;
    Value given = node.input(input);
    if (given.present()) {
      return given.floats().filter(values -> values.length > 0).map(ResizeRule::toDoubles);
    }
    double height = node.attributes().real("height_scale", 0);
    double width = node.attributes().real("width_scale", 0);
    return height > 0 && width > 0
        ? Optional.of(new double[] {1, 1, height, width})
        : node.attributes().reals("scales");
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
