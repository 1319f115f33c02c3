package io.espalier.core.compensation;

import io.espalier.core.calibration.Place;
import io.espalier.core.calibration.StoredWeight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A weight of the carved network that can be solved anew.
 *
 * @param name what it is stored as
 * @param weight its numbers
 * @param places the nodes of the original that read it, in order; more than one where it is shared
 * @param reader the first output of the first of these
 * @param groups how many groups it falls into
 * @param windows whether it is solved over the places of a window, too; where it has places and is
 *     not, channels stand for them
 * @param shift a parameter that is added to what it computes; null where there is none
 * @param level the position in the sweep
 */
record Site(
    String name,
    StoredWeight weight,
    List<Place> places,
    String reader,
    int groups,
    boolean windows,
    @Nullable Shift shift,
    int level) {

  /**
   * A parameter that is added to what a node computes.
   *
   * @param name what it is stored as
   * @param numbers its values, one for each channel
   * @param behind whether the next node adds it, and not the node itself
   */
  @SuppressWarnings("ArrayRecordComponent") // read only, never compared
  record Shift(String name, float[] numbers, boolean behind) {}

  /** Whether channels stand for the places of its window. */
  boolean byChannels() {
    return !windows && weight.places() > 1;
  }

  /** How many columns it is solved for, in each group, without the 1. */
  int columns() {
    return weight.rows() * (windows ? weight.places() : 1);
  }

  Place place() {
    return places.get(0);
  }
}
