"""What differs between two plans: in what they decide, and on the book in who gains and loses what."""
