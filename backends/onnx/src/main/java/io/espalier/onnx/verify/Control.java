package io.espalier.onnx.verify;

import io.espalier.core.Manifest;
import io.espalier.core.Manifest.CutParameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Wrong manifests, to show that a check can see: it has to fail for each of them, or a pass proves
 * nothing.
 */
public final class Control {
  private Control() {}

  /**
   * Manifests that differ from the given one by a single edge, one of whose axes keeps the next
   * index instead of each.
   *
   * @param count how many; fewer come back if fewer axes were cut
   */
  public static List<Manifest> shiftedByOne(Manifest manifest, RandomGenerator random, int count) {
    List<Site> sites = new ArrayList<>();
    for (int entry = 0; entry < manifest.parameters().size(); entry++) {
      CutParameter cut = manifest.parameters().get(entry);
      for (int axis : cut.keep().keySet()) {
        if (cut.mask() && !shifted(cut, axis).equals(cut)) {
          sites.add(new Site(random.nextLong(), entry, axis));
        }
      }
    }
    return sites.stream()
        .sorted(Comparator.comparingLong(Site::key))
        .limit(count)
        .map(
            site -> {
              List<CutParameter> changed = new ArrayList<>(manifest.parameters());
              changed.set(site.entry(), shifted(changed.get(site.entry()), site.axis()));
              return new Manifest(changed, manifest.skipped(), manifest.normalised());
            })
        .toList();
  }

  private static CutParameter shifted(CutParameter cut, int axis) {
    Map<Integer, List<Integer>> keep = new TreeMap<>(cut.keep());
    int extent = Math.toIntExact(cut.shape().get(axis));
    keep.computeIfPresent(
        axis, (key, kept) -> kept.stream().map(i -> (i + 1) % extent).sorted().toList());
    return new CutParameter(
        cut.node(), cut.output(), cut.input(), cut.initializer(), cut.shape(), keep, cut.mask());
  }

  private record Site(long key, int entry, int axis) {}
}
