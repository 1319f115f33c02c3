/** What strangers bring along: a backend and a plugin, which tests put into JARs. */
@NullMarked
package com.acme;

import org.jspecify.annotations.NullMarked;
