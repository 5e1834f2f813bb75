/// <summary>The routeros command.</summary>
internal static class Program { private static int Main() => 0; }
