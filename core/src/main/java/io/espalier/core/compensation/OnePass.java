package io.espalier.core.compensation;

import io.espalier.core.calibration.Calibration;
import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.StoredWeight;
import io.espalier.core.moments.Moments;
import io.espalier.core.values.Cut;
import io.espalier.trace.Constant;
import io.espalier.trace.Layout;
import io.espalier.trace.SymMap;
import java.util.Objects;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
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
    DMatrixRMaj map = solve(moments, kept, gone, shifted);
    return map == null
        ? Optional.empty()
        : Optional.of(spread(site, whole, constant, gone, map, shifted));
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
  private static @Nullable DMatrixRMaj solve(
      Moments moments, int[] kept, int[] gone, boolean shifted) {
    int n = moments.columns();
    double[] gram = moments.gram(0);
    int rows = kept.length + (shifted ? 1 : 0);
    int[] from = java.util.Arrays.copyOf(kept, rows);
    if (shifted) {
      from[rows - 1] = n - 1;
    }
    DMatrixRMaj left = new DMatrixRMaj(rows, rows);
    DMatrixRMaj right = new DMatrixRMaj(rows, gone.length);
    double mean = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        left.data[i * rows + j] = gram[from[i] * n + from[j]];
      }
      for (int j = 0; j < gone.length; j++) {
        right.data[i * gone.length + j] = gram[from[i] * n + gone[j]];
      }
      mean += i < kept.length ? left.data[i * rows + i] / kept.length : 0;
    }
    for (int i = 0; i < kept.length; i++) {
      left.data[i * rows + i] += RIDGE * mean + Double.MIN_NORMAL;
    }
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(rows);
    if (!solver.setA(left)) {
      return null;
    }
    DMatrixRMaj result = new DMatrixRMaj(rows, gone.length);
    solver.solve(right, result);
    return result;
  }

  private double[] spread(
      Site site,
      StoredWeight whole,
      Constant constant,
      int[] gone,
      DMatrixRMaj map,
      boolean shifted) {
    int[] columns = columns(site);
    int rows = site.weight().rows();
    int places = whole.places();
    double[] change = new double[(rows * places + (shifted ? 1 : 0)) * columns.length];
    java.nio.FloatBuffer values = constant.floats();
    for (int row = 0; row < rows + (shifted ? 1 : 0); row++) {
      for (int j = 0; j < gone.length; j++) {
        double factor = map.data[row * gone.length + j];
        for (int place = 0; place < places; place++) {
          int to = (row < rows ? row * places + place : rows * places) * columns.length;
          for (int o = 0; o < columns.length; o++) {
            change[to + o] += factor * values.get(whole.index(gone[j], place, columns[o]));
          }
        }
      }
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
    java.util.Arrays.setAll(all, i -> i);
    return all;
  }

  /** The moments of all data, if any were taken. */
  static Optional<Moments> all(Calibration calibration, Site site) {
    return calibration.moments(site.place()).isEmpty()
        ? Optional.empty()
        : Optional.of(Moments.sum(calibration.moments(site.place())));
  }
}
