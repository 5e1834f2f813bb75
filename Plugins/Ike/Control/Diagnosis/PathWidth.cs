namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>What a path carries whole: packets of <paramref name="Passing"/> bytes pass, those of <paramref name="Vanishing"/> vanish without a word.</summary>
internal readonly record struct PathWidth(int Passing, int Vanishing);
