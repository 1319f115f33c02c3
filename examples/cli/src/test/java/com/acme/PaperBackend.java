package com.acme;

import io.espalier.core.values.Backend;
import io.espalier.core.values.Cut;
import io.espalier.core.values.Prover;
import io.espalier.core.values.TracedModel;
import io.espalier.trace.Dim;
import io.espalier.trace.Graph;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The smallest backend there can be: its networks are words, and compute nothing. */
public final class PaperBackend implements Backend {
  @Override
  public String name() {
    return "paper";
  }

  @Override
  public String opens() {
    return "words (a java.lang.String)";
  }

  @Override
  public Optional<TracedModel> open(Object source) {
    return source instanceof String word ? Optional.of(new Paper(word)) : Optional.empty();
  }

  private record Paper(String description) implements TracedModel {
    @Override
    public Graph graph() {
      Graph.Builder builder = Graph.builder();
      builder.input(description, List.of(Dim.open("N"), Dim.of(1)));
      builder.output(description);
      return builder.build();
    }

    @Override
    public String fingerprint() {
      return description;
    }

    @Override
    public TracedModel carve(Cut cut, Prover prover) {
      return this;
    }

    @Override
    public void save(Path file) {
      throw new UnsupportedOperationException("paper is patient, but keeps nothing");
    }
  }
}
