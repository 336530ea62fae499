/** What users give, and how they are told that something is wrong with it. */
package io.towtank.scenarios.input;
