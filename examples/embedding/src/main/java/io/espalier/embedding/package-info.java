/** An application that embeds Espalier: it knows {@code core}, and no backend. */
@NullMarked
package io.espalier.embedding;

import org.jspecify.annotations.NullMarked;
