package io.espalier.modules.operators;

import com.google.auto.service.AutoService;
import io.espalier.spi.Axis;
import io.espalier.spi.Linear;
import io.espalier.spi.Node;
import io.espalier.spi.OpId;
import io.espalier.spi.OperatorRule;
import io.espalier.spi.Typing;
import io.espalier.spi.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Transposed convolution: x [N, ci, spatial...], W [ci, co/g, kernel...], bias [co], y [N, co,
 * spatial...]; y.C = groups x W[1].
 *
 * <p>The kernel may be cropped where the padding is given as numbers: a crop takes from the output
 * what the padding no longer does.
 */
@AutoService(OperatorRule.class)
public final class ConvTransposeRule implements OperatorRule {
  @Override
  public Set<OpId> operators() {
    return Operators.standard("ConvTranspose");
  }

  @Override
  public boolean multiplies(OpId operator) {
    return true;
  }

  @Override
  public void type(Node node, Typing t) {
    Value x = node.input(0);
    Value w = node.input(1);
    int spatial = x.rank() - 2;
    if (spatial < 1 || w.rank() != x.rank()) {
      t.unsupported("its data and weight must have one rank of at least 3");
      return;
    }
    long groups = node.attributes().number("group", 1);
    if (groups < 1
        || x.axis(1).extent() != w.axis(0).extent()
        || x.axis(1).extent() % groups != 0) {
      t.unsupported("its channels do not make up " + groups + " groups");
      return;
    }
    long[] kernel = w.axes().stream().skip(2).mapToLong(Axis::extent).toArray();
    Windows.read(node, t, kernel).ifPresent(windows -> type(node, t, windows, groups));
  }

  private static void type(Node node, Typing t, Windows windows, long groups) {
    Value x = node.input(0);
    Value w = node.input(1);
    int spatial = x.rank() - 2;
    Optional<long[]> given = node.attributes().numbers("output_shape");
    long[] padding = node.attributes().numbers("output_padding").orElse(new long[spatial]);
    if (padding.length != spatial || given.filter(shape -> shape.length < spatial).isPresent()) {
      t.unsupported(
          "its output_padding or output_shape does not have one entry for each of "
              + spatial
              + " spatial axes");
      return;
    }
    List<Axis> places = new ArrayList<>();
    for (int i = 0; i < spatial; i++) {
      int index = i;
      long extent =
          given
              .map(shape -> shape[shape.length - spatial + index])
              .orElse(windows.transposedExtent(i, x.axis(i + 2).extent(), padding[i]));
      if (extent < 1) {
        t.unsupported("its padding leaves nothing of its output");
        return;
      }
      String reason = "a transposed convolution slides over it";
      boolean same = extent == x.axis(i + 2).extent();
      places.add(
          same
              ? windows.slide(t, i, x.axis(i + 2), extent, reason)
              : Windows.freeze(t, x.axis(i + 2), extent, reason));
    }

    Axis out = w.axis(1);
    if (groups == 1) {
      Contraction.unify(node, t, x.axis(1), w.axis(0));
    } else {
      Axis width = Groups.width(t, groups);
      t.unify(w.axis(0), Groups.inGroups(t, width, t.symbol(w.axis(0).extent() / groups)));
      t.unify(x.axis(1), w.axis(0));
      out = Groups.inGroups(t, width, w.axis(1));
    }
    Groups.unifyBias(t, node.input(2), out);
    if (given.isPresent() || !node.attributes().text("auto_pad", "NOTSET").equals("NOTSET")) {
      Axes.freezeFrom(2, w.axes(), t, "its padding is derived from its output");
    } else {
      Groups.unifyKernel(node, t, windows);
    }

    List<Axis> y = new ArrayList<>(List.of(x.axis(0), out));
    y.addAll(places);
    t.output(0, y);
    if (groups == 1) {
      t.linear(Linear.of(0, 1, 1, 0, 1, 1).withBias(node.input(2).present() ? 2 : -1));
    }
    List<Axis> macs = new ArrayList<>(w.axes());
    macs.addAll(Axes.without(x.axes(), 1));
    t.macs(macs.toArray(Axis[]::new));
  }
}
