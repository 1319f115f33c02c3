package io.espalier.core.compensation;

import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.StoredWeight;
import io.espalier.core.moments.Moments;
import io.espalier.core.moments.Probe;
import io.espalier.core.values.Cut;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Solves a weight whose window has too many columns by its channels alone: those that are gone are
 * made up from those that were kept, as the original tells, and these from what the smaller network
 * computes in their stead. A shift is left as it is, since a padded place has no 1.
 */
final class ChannelMap {
  private ChannelMap() {}

  /** What is missing from the channels that a place reads. */
  static Probe probe(Site site, Place place, Cut cut, int step) {
    SymMap map = cut.map();
    int data = place.form().data();
    List<Layout> axes = Objects.requireNonNull(map.input(place.node(), data));
    int axis = place.form().dataAxis();
    return new Probe(
        site.reader(),
        data,
        axes.size(),
        axis,
        false,
        1,
        new Probe.Aim(
            read(map, place), axes.size(), axis, cut.kept(axes.get(axis)), /* rectified= */ false),
        place.mask(),
        step);
  }

  /** The tensor that a place reads, by its name in the original. */
  static String read(SymMap map, Place place) {
    int input = map.graph().nodes().get(place.node()).inputs().get(place.form().data());
    return map.graph().tensor(input).name();
  }

  /**
   * The change of a weight.
   *
   * @param moments for each fold those of the channels and of what is missing from them
   * @param current the weight as it lies
   * @return null where nothing helps
   */
  static @Nullable Change change(
      Site site, List<Moments> moments, float[] current, Cut cut, Calibration calibration) {
    StoredWeight weight = site.weight();
    int rows = weight.rows();
    int width = weight.places() * weight.columns();
    double[] before = new double[rows * width];
    for (int row = 0; row < rows; row++) {
      for (int place = 0; place < weight.places(); place++) {
        for (int column = 0; column < weight.columns(); column++) {
          before[row * width + place * weight.columns() + column] =
              current[weight.index(row, place, column)];
        }
      }
    }
    double[] spread = before.clone();
    boolean helps = false;
    var gone = OnePass.all(calibration, site).flatMap(all -> new OnePass(cut).change(site, all));
    if (gone.isPresent()) {
      helps = true;
      Arrays.setAll(spread, i -> before[i] + gone.get()[i]);
    }
    double[] change = new double[spread.length];
    Arrays.setAll(change, i -> spread[i] - before[i]);
    List<double[]> zero = new ArrayList<>();
    for (int fold = 0; fold <= moments.size(); fold++) {
      zero.add(new double[rows * rows]);
    }
    Ridge.Solution map = Ridge.solve(moments, 0, /* intercept= */ false, List.of(zero));
    if (map.helps()) {
      helps = true;
      for (int row = 0; row < rows; row++) {
        for (int from = 0; from < rows; from++) {
          double factor = map.change()[row * rows + from];
          for (int i = 0; i < width; i++) {
            change[row * width + i] += factor * spread[from * width + i];
          }
        }
      }
    }
    double[] ones = new double[weight.columns()];
    Arrays.fill(ones, 1);
    return helps ? new Change(site, new double[][] {change}, ones, ones) : null;
  }
}
