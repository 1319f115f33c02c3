package io.espalier.core.compensation;

import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.StoredWeight;
import io.espalier.core.moments.Moments;
import io.espalier.core.values.Cut;
import io.espalier.trace.Constant;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Spreads what is cut of a weight over what is kept of it, by how well the channels that were kept
 * predict the others in the original: W_kept + M W_cut, where M = G_kk^-1 G_kc. Needs no other run.
 */
final class OnePass {
  private static final double RIDGE = 1e-3;

  private final SymMap map;
  private final Cut cut;

  OnePass(Cut cut) {
    this.map = cut.map();
    this.cut = cut;
  }

  /**
   * The change of a weight.
   *
   * @param moments of the channels that are read, in the original
   * @return [rows x places (+ 1), columns], in the units of the weight; empty where nothing that
   *     the weight reads is cut, or its window is cropped
   */
  Optional<double[]> change(Site site, Moments moments) {
    Place place = site.place();
    Layout axis =
        Objects.requireNonNull(map.input(place.node(), place.form().data()))
            .get(place.form().dataAxis());
    int[] kept = cut.kept(axis);
    Constant constant =
        Objects.requireNonNull(map.graph().tensor(place.weight().tensor()).constant());
    StoredWeight whole = new StoredWeight(constant, place.form(), place.weight().transposed());
    if (kept == null || site.groups() > 1 || whole.places() != site.weight().places()) {
      return Optional.empty();
    }
    boolean shifted = site.shift() != null;
    int[] gone = others(kept, whole.rows());
    if (gone.length == 0) {
      return Optional.empty();
    }
    double[][] map = solve(moments, kept, gone, shifted);
    return map == null
        ? Optional.empty()
        : Optional.of(
            spread(map, lost(whole, constant, gone, columns(site)), whole.places(), shifted));
  }

  private static int[] others(int[] kept, int extent) {
    boolean[] stays = new boolean[extent];
    for (int index : kept) {
      stays[index] = true;
    }
    int[] others = new int[extent - kept.length];
    int at = 0;
    for (int i = 0; i < extent; i++) {
      if (!stays[i]) {
        others[at++] = i;
      }
    }
    return others;
  }

  /** M: how the channels that are kept, and the 1, predict those that are gone. */
  private static double @Nullable [][] solve(
      Moments moments, int[] kept, int[] gone, boolean shifted) {
    int n = moments.columns();
    double[] gram = moments.gram(0);
    int rows = kept.length + (shifted ? 1 : 0);
    int[] from = Arrays.copyOf(kept, rows);
    if (shifted) {
      from[rows - 1] = n - 1;
    }
    double[][] left = new double[rows][rows];
    double[][] right = new double[rows][gone.length];
    double mean = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        left[i][j] = gram[from[i] * n + from[j]];
      }
      for (int j = 0; j < gone.length; j++) {
        right[i][j] = gram[from[i] * n + gone[j]];
      }
      mean += i < kept.length ? left[i][i] / kept.length : 0;
    }
    for (int i = 0; i < kept.length; i++) {
      left[i][i] += RIDGE * mean + Double.MIN_NORMAL;
    }
    if (!Definite.factor(left)) {
      return null;
    }
    Definite.solve(left, right);
    return right;
  }

  /** The rows of a weight that are gone, [gone, places x columns]. */
  private static double[][] lost(StoredWeight whole, Constant constant, int[] gone, int[] columns) {
    FloatBuffer values = constant.floats();
    double[][] lost = new double[gone.length][whole.places() * columns.length];
    for (int j = 0; j < gone.length; j++) {
      int at = 0;
      for (int place = 0; place < whole.places(); place++) {
        for (int column : columns) {
          lost[j][at++] = values.get(whole.index(gone[j], place, column));
        }
      }
    }
    return lost;
  }

  /** M W_cut; what the 1 gets is one shift for all places. */
  private static double[] spread(double[][] map, double[][] lost, int places, boolean shifted) {
    double[][] product = Definite.product(map, lost);
    int wide = lost[0].length;
    int columns = wide / places;
    int rows = shifted ? map.length - 1 : map.length;
    double[] change = new double[rows * wide + (shifted ? columns : 0)];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(product[row], 0, change, row * wide, wide);
    }
    for (int i = 0; shifted && i < wide; i++) {
      change[rows * wide + i % columns] += product[rows][i];
    }
    return change;
  }

  /** The columns of the whole weight that the smaller one has. */
  int[] columns(Site site) {
    Place place = site.place();
    Layout axis =
        Objects.requireNonNull(
                this.map.tensor(this.map.graph().nodes().get(place.node()).outputs().get(0)))
            .get(place.form().outputAxis());
    int[] kept = cut.kept(axis);
    if (kept != null) {
      return kept;
    }
    int[] all = new int[site.weight().columns()];
    Arrays.setAll(all, i -> i);
    return all;
  }

  /** The moments of all data, if any were taken. */
  static Optional<Moments> all(Calibration calibration, Site site) {
    return calibration.moments(site.place()).isEmpty()
        ? Optional.empty()
        : Optional.of(Moments.sum(calibration.moments(site.place())));
  }
}
