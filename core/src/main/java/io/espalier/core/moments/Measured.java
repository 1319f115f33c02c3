package io.espalier.core.moments;

import java.util.List;

/**
 * What one pass over the data found.
 *
 * @param moments for each probe, in the order of the request, one for each fold
 * @param pairs for each pair
 */
public record Measured(List<List<Moments>> moments, List<ChannelMoments> pairs) {
  public Measured {
    moments = moments.stream().map(List::copyOf).toList();
    pairs = List.copyOf(pairs);
  }
}
