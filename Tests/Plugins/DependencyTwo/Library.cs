namespace RouterOS.Tests.Dependency;

/// <summary>What both plugins use.</summary>
public static class Library
{
    /// <summary>Only this version has this member.</summary>
    public static string Two => "two of " + typeof(Library).Assembly.GetName().Version!.ToString(1);
}
